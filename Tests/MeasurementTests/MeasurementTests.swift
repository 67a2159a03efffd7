// Counting from many threads, bounded series, and the text that Prometheus reads.
import Measurement
import Testing

@Suite struct MeasurementTests {
    @Test("what many tasks add is all there")
    func counting() async {
        let registry = MeasurementRegistry()
        let counter = registry.counter("c_total", "c")()
        let histogram = registry.histogram("h", "h", bounds: [1, 2])()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for _ in 0..<10_000 {
                        counter.add()
                        histogram.record(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 80_000)
        #expect(histogram.snapshot.cumulative == [80_000, 80_000, 80_000])
        #expect(histogram.snapshot.sum == 40_000)
    }

    @Test("the text has help, type and every series, names in order and values escaped")
    func text() {
        let registry = MeasurementRegistry()
        registry.counter("b_total", "Counts\nb.", labels: ["x"])("say \"hi\"\\").add(3)
        registry.gauge("a", "Gauge.")().set(-2)
        let histogram = registry.histogram("c_seconds", "Times.", labels: ["k"], bounds: [0.1, 1])("v")
        for value in [0.1, 0.5, 7] { histogram.record(value) }
        registry.reading("d", "Read.") { 1.5 }
        registry.readings("e", "Read.") { [([("name", "n")], 2)] }
        #expect(
            registry.prometheusText() == """
                # HELP a Gauge.
                # TYPE a gauge
                a -2
                # HELP b_total Counts\\nb.
                # TYPE b_total counter
                b_total{x="say \\"hi\\"\\\\"} 3
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{k="v",le="0.1"} 1
                c_seconds_bucket{k="v",le="1"} 2
                c_seconds_bucket{k="v",le="+Inf"} 3
                c_seconds_sum{k="v"} 7.6
                c_seconds_count{k="v"} 3
                # HELP d Read.
                # TYPE d gauge
                d 1.5
                # HELP e Read.
                # TYPE e gauge
                e{name="n"} 2

                """)
    }

    @Test("a family stops growing at its limit; further values share one series")
    func bounded() {
        let family = MeasurementRegistry().counter("x_total", "x", labels: ["peer"])
        for number in 0..<(Family<Counter>.seriesLimit + 100) { family(String(number)).add() }
        #expect(family("other").value == 100)
        #expect(family("0").value == 1)
    }

    @Test("asking for a name again gives the same series")
    func same() {
        let registry = MeasurementRegistry()
        registry.counter("x_total", "x", labels: ["a"])("1").add()
        #expect(registry.counter("x_total", "x", labels: ["a"])("1").value == 1)
        #expect(registry.gauge("x_total", "x")().value == 0)
    }

    @Test("every metric of the product is named mail_ and explained")
    func names() {
        let text = MailMeasurements().registry.prometheusText()
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(names.count == 17)
        #expect(names.allSatisfy { $0.hasPrefix("mail_") })
    }
}
