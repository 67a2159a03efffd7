// Rules of the swift-nio-imap rows that are not run, each with the reason; rows of these rules that the encoder writes are run all the same.

private let url = "URLAUTH and CATENATE are not served: a URL is one opaque astring here (RFC 4467)"
private let response = "server output, and no response parser is built; what our encoder writes is in encodedRows"
private let structure = "server output: ENVELOPE and BODYSTRUCTURE are written by MailFormat and tested there"
private let vendor = "X-GM labels are one vendor's and not served"

/// Rule → reason.
let listedRules: [String: String] = [
    "access": url, "authenticatedURL": url, "fullAuthenticatedURL": url, "rumpAuthenticatedURL": url, "byteRange": url, "parseWithSlash": url,
    "parseWithoutSlash": url, "encodedAuthenticationType": url, "encodedMailbox": url, "encodedSearch": url, "encodedSection": url,
    "encodedAuthenticationURL": url, "encodedUser": url, "expire": url, "fullDateTime": url, "fullDate": url, "fullTime": url, "absoluteMessagePath": url,
    "imapURLAuthenticationMechanism": url, "urlCommand": url, "imapServer": url, "urlMessageSectionWithSlash": url, "urlMessageSectionWithoutSlash": url,
    "mailboxUIDValidity": url, "encodedSearchQuery": url, "urlFetchType": url, "messagePath": url, "networkPath": url, "authenticatedURLVerifier": url,
    "authenticatedURLRump": url, "userAuthenticationMechanism": url, "imapURL": url, "relativeIMAPURL": url, "uchar": url, "achar": url, "bchar": url,
    "mechanismBase64": url, "urlFetchData": url,

    "bodyExtension": structure, "bodyStructure": structure, "invalidBodyStructure": structure, "bodyDisposition": structure, "bodyEncoding": structure,
    "bodyFieldLanguage": structure, "bodyParameterPairs": structure, "bodyFields": structure, "bodySinglepart": structure, "emailAddress": structure,
    "envelope": structure, "envelopeEmailAddresses": structure, "optionalEnvelopeEmailAddresses": structure, "mediaType": structure,
    "mediaMessage": structure, "mediaText": structure,

    "capabilitySuffix": response, "capabilityData": response, "enableData": response, "entryList": response, "fetchResponse": response,
    "fetchResponseStart": response, "fetchStreamingResponse": response, "idResponsePayload": response, "childinfoExtendedItem": response,
    "mailboxStatus": response, "searchSortModificationSequence": response, "mailboxData": response, "mailboxInfo": response, "mailboxListFlags": response,
    "messageAttribute": response, "messageData": response, "metadataResponse": response, "namespaceDescription": response, "namespace": response,
    "namespaceResponse": response, "namespaceResponseExtension": response, "continuationRequest": response, "extendedSearchResponse": response,
    "permanentFlag": response, "responseData": response, "responsePayload": response, "responseText": response, "responseTextCode": response,
    "taggedResponse": response, "taggedResponseState": response, "uidBatchesResponse": response, "untaggedStatus": response, "searchCorrelator": response,
    "searchReturnData": response, "searchReturnDataPartial": response, "searchReturnDataExtension": response, "text": response,

    "gmailLabel": vendor, "storeGmailLabels": vendor,
    "attributeFlag": "part of entry-flag-name, which is read as one quoted string (RFC 7162 §7)",
    "vendorToken": "part of a parameter's name, which is read as one label (RFC 4466 §2.1)",
]
