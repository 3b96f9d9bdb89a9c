#include "formats/xliff_inline.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "formats/code_pairs.h"
#include "formats/xliff_vocabulary.h"

namespace reprise {
namespace {

void CodeAttributes(const Code& code, bool pair, XmlBuilder* xml) {
  if (!code.type.empty()) xml->Attribute(xliff::kCodeType, code.type);
  if (pair && code.pair_id != 0) xml->Attribute(xliff::kCodePair, absl::StrCat(code.pair_id));
}

void Code12(const Code& code, size_t index, uint32_t number, XmlBuilder* xml) {
  const bool open = code.kind == Code::Kind::kOpen;
  const std::string_view name = code.kind == Code::Kind::kStandalone ? "ph" : number == 0 ? "it" : open ? "bpt" : "ept";
  xml->Raw("<").Raw(name).Attribute("id", absl::StrCat(index + 1));
  if (number != 0) xml->Attribute("rid", absl::StrCat(number));
  if (name == "it") xml->Attribute("pos", open ? "open" : "close");
  if (!code.equivalent_text.empty()) xml->Attribute("equiv-text", code.equivalent_text);
  CodeAttributes(code, number == 0, xml);
  xml->Raw(">").Text(code.data).Raw("</").Raw(name).Raw(">");
}

std::string DataId(char letter, size_t index) { return absl::StrCat("d", std::string(1, letter), index + 1); }

void Code2(const std::vector<Code>& codes, size_t index, const std::vector<uint32_t>& numbers, char letter,
           XmlBuilder* xml) {
  const Code& code = codes[index];
  const uint32_t number = numbers[index];
  const std::string id = absl::StrCat(index + 1);
  if (code.kind == Code::Kind::kStandalone) {
    xml->Raw("<ph").Attribute("id", id);
  } else if (code.kind == Code::Kind::kOpen) {
    xml->Raw("<sc").Attribute("id", id);
    if (number == 0) xml->Raw(" isolated=\"yes\"");
  } else if (number == 0) {
    xml->Raw("<ec").Attribute("id", id).Raw(" isolated=\"yes\"");
  } else {
    size_t open = 0;
    while (numbers[open] != number || codes[open].kind != Code::Kind::kOpen) ++open;
    xml->Raw("<ec").Attribute("startRef", absl::StrCat(open + 1));
  }
  xml->Attribute("dataRef", DataId(letter, index));
  if (!code.equivalent_text.empty()) xml->Attribute("equiv", code.equivalent_text);
  CodeAttributes(code, true, xml);
  xml->Raw("/>");
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte != 0 && byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

// Text of which XML can hold only a part: <cp> says the controls.
void AnyText(std::string_view text, XmlBuilder* xml) {
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && !IsControl(text[plain])) ++plain;
    xml->Text(text.substr(0, plain));
    if (plain < text.size()) {
      xml->Raw(absl::StrCat("<cp hex=\"", absl::Hex(static_cast<unsigned char>(text[plain]), absl::kZeroPad4), "\"/>"));
      ++plain;
    }
    text.remove_prefix(plain);
  }
}

}  // namespace

void WriteXliff12Inline(const Content& content, XmlBuilder* xml) {
  const std::vector<uint32_t> numbers = PairNumbers(content.codes);
  ForEachPiece(
      content, [xml](std::string_view text) { xml->Text(text); },
      [&](size_t k) { Code12(content.codes[k], k, numbers[k], xml); });
}

void WriteXliff2Inline(const Content& content, char letter, XmlBuilder* xml) {
  const std::vector<uint32_t> numbers = PairNumbers(content.codes);
  ForEachPiece(
      content, [xml](std::string_view text) { AnyText(text, xml); },
      [&](size_t k) { Code2(content.codes, k, numbers, letter, xml); });
}

void WriteXliff2Data(const std::vector<std::pair<const Content*, char>>& contents, XmlBuilder* xml) {
  bool any = false;
  for (const auto& [content, letter] : contents) {
    for (size_t k = 0; k < content->codes.size(); ++k) {
      if (!any) xml->Raw("<originalData>\n");
      any = true;
      xml->Raw("<data").Attribute("id", DataId(letter, k)).Raw(">");
      AnyText(content->codes[k].data, xml);
      xml->Raw("</data>\n");
    }
  }
  if (any) xml->Raw("</originalData>\n");
}

}  // namespace reprise
