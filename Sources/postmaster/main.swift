// The program: everything it does is in PostmasterKit.
import PostmasterKit

await PostmasterCommand.start()
