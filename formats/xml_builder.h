// What the XML writers build their files with: markup, attributes and texts into one buffer.
//
//   XmlBuilder xml;
//   xml.Raw("<note").Attribute("from", "a & b").Raw(">").Text("text").Raw("</note>\n");
//   RETURN_IF_ERROR(xml.Flush(sink));
//
// Characters that XML cannot hold become U+FFFD and are counted (xml_escape.h). Not thread-safe.
#ifndef REPRISE_FORMATS_XML_BUILDER_H_
#define REPRISE_FORMATS_XML_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "formats/unit_stream.h"
#include "formats/xml_escape.h"

namespace reprise {

class XmlBuilder {
 public:
  // Markup, as it is.
  XmlBuilder& Raw(std::string_view markup) {
    out_.append(markup);
    return *this;
  }
  // ` name="value"`.
  XmlBuilder& Attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    escaper_.Attribute(value, &out_);
    out_ += '"';
    return *this;
  }
  XmlBuilder& Text(std::string_view text) {
    escaper_.Text(text, &out_);
    return *this;
  }
  // Gives the buffer to the sink and empties it. Error: what the sink returned.
  absl::Status Flush(ByteSink* sink) {
    const absl::Status status = out_.empty() ? absl::OkStatus() : sink->Write(out_);
    out_.clear();
    return status;
  }
  // Appends the buffer to *out and empties it.
  void TakeText(std::string* out) {
    *out += out_;
    out_.clear();
  }
  // Characters replaced so far.
  uint64_t replaced() const { return escaper_.replaced(); }

 private:
  XmlEscaper escaper_;
  std::string out_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_XML_BUILDER_H_
