// Text -> XML 1.0 and HTML character data.
//
//   XmlEscaper xml;
//   out += "<seg>"; xml.Text("a < b", &out); out += "</seg>";
//   xml.replaced();   // characters that XML 1.0 cannot hold
//
// Characters that XML 1.0 forbids (most controls, U+FFFE, U+FFFF) and bytes that are not UTF-8 cannot be written even
// as references; each becomes U+FFFD and is counted. Not thread-safe.
#ifndef REPRISE_FORMATS_XML_ESCAPE_H_
#define REPRISE_FORMATS_XML_ESCAPE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

class XmlEscaper {
 public:
  // Appends `text` as element content. Carriage returns become references, so that a parser gives them back.
  void Text(std::string_view text, std::string* out) { Append(text, false, out); }
  // Appends `text` as the inside of a double-quoted attribute; white space other than the blank becomes references.
  void Attribute(std::string_view text, std::string* out) { Append(text, true, out); }
  // Characters replaced so far.
  uint64_t replaced() const { return replaced_; }

 private:
  void Append(std::string_view text, bool attribute, std::string* out);

  uint64_t replaced_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_XML_ESCAPE_H_
