// Content and contexts of a document as the API has them.
//
//   ToProto(segment.source, query->mutable_content());
//
// Pure, safe to call concurrently.
#ifndef REPRISE_CLIENT_CONTENT_H_
#define REPRISE_CLIENT_CONTENT_H_

#include <string>

#include "formats/document.h"
#include "reprise/v1/content.pb.h"
#include "text/segment.h"

namespace reprise::client {

void ToProto(const Content& in, v1::Content* out);
Content FromProto(const v1::Content& in);

// The context of segment `at` of a document: `name` (the file's, where the segment names no document), key, neighbours
// in `locale`. A neighbour longer than a lookup takes is unknown. REQUIRES: at < segments().size().
void FillContext(const Document& document, size_t at, const std::string& name, const std::string& locale,
                 v1::Context* context);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_CONTENT_H_
