// TMX: bytes -> UTF-8 (transcode.h) -> units cut apart (xml_splitter.h) -> one parse each (tmx_unit_parser.h).
// Tested by tests/formats/tmx_reader_test.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/format_factories.h"
#include "formats/tmx_unit_parser.h"
#include "formats/transcode.h"
#include "formats/xml_markup.h"
#include "formats/xml_splitter.h"
#include "text/locale_map.h"

namespace reprise {
namespace {

class TmxReader : public UnitReader, private XmlSplitter::Handler {
 public:
  TmxReader(const ReadOptions& options, UnitSink* sink)
      : keep_raw_(options.keep_raw), locale_map_(options.locale_map), sink_(sink), splitter_("tu", this) {
    parser_.set_locale_map(options.locale_map);
    SetFrame("<header/>");
  }

  absl::Status Feed(std::string_view bytes) override {
    if (!status_.ok()) return status_;
    // Slices keep the transcoded copy small whatever the caller feeds.
    constexpr size_t kSlice = 1 << 16;
    for (; !bytes.empty() && status_.ok(); bytes.remove_prefix(std::min(kSlice, bytes.size()))) {
      utf8_.clear();
      transcoder_.Feed(bytes.substr(0, kSlice), &utf8_);
      status_ = splitter_.Feed(utf8_);
    }
    return status_;
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(status_);
    utf8_.clear();
    transcoder_.Finish(&utf8_);
    RETURN_IF_ERROR(splitter_.Feed(utf8_));
    const absl::Status end = splitter_.Finish();
    RETURN_IF_ERROR(FlushJunk());
    RETURN_IF_ERROR(end);
    if (!seen_root_) return LineError(1, "not a TMX file: it has no <tmx> element");
    if (!closed_) return LineError(splitter_.line(), "the file is cut off: </tmx> is missing");
    return absl::OkStatus();
  }

 private:
  static absl::Status LineError(uint64_t line, std::string_view problem) {
    return InvalidArgument(absl::StrCat("line ", line, ": ", std::string(problem)));
  }

  absl::Status Refuse(uint64_t line, std::string unit, std::string_view reason, std::string_view xml = {}) {
    return sink_->OnRefusal({line, std::move(unit), std::string(reason), xml.empty() ? nullptr : Raw(xml)});
  }

  // What stands around units, with this header; one that has no end of its own gets one.
  void SetFrame(std::string_view header) {
    if (!keep_raw_) return;
    UnitFrame frame = XmlFrame();
    frame.head = absl::StrCat(kXmlDeclaration, "<tmx version=\"1.4\">\n", ClosedTag(header), "\n<body>\n");
    frame.tail = "</body>\n</tmx>\n";
    frame_ = std::make_shared<const UnitFrame>(std::move(frame));
  }

  std::shared_ptr<const RawUnit> Raw(std::string_view xml) const {
    return keep_raw_ ? std::make_shared<const RawUnit>(RawUnit{std::string(xml), frame_}) : nullptr;
  }

  // Where something that is no unit stood among the units, that is one refusal, up to the next unit.
  absl::Status FlushJunk() {
    const uint64_t line = std::exchange(junk_line_, 0);
    if (line == 0) return absl::OkStatus();
    return Refuse(line, "", "content outside of any unit; it belongs in <tu>...</tu>");
  }

  absl::Status CheckRoot(uint64_t line) {
    return seen_root_ ? absl::OkStatus() : LineError(line, "not a TMX file: <tu> stands outside of a <tmx> element");
  }

  absl::Status OnUnitBytes(std::string_view xml, uint64_t line) override {
    RETURN_IF_ERROR(CheckRoot(line));
    RETURN_IF_ERROR(FlushJunk());
    absl::StatusOr<Unit> unit = parser_.Parse(xml, line);
    if (!unit.ok()) return Refuse(line, TuidIn(xml), MessageOf(unit.status()), xml);
    for (const std::string& warning : parser_.warnings()) {
      RETURN_IF_ERROR(sink_->OnWarning({line, TuidIn(xml), warning}));
    }
    if (keep_raw_) sink_->OnRaw(Raw(xml));
    return sink_->OnUnit(std::move(unit).value(), line);
  }

  static std::string TuidIn(std::string_view xml) { return SniffValue(xml.substr(0, xml.find('>')), "tuid"); }

  absl::Status OnBrokenUnit(std::string_view xml, std::string_view start_tag, uint64_t line,
                            std::string_view reason) override {
    RETURN_IF_ERROR(CheckRoot(line));
    RETURN_IF_ERROR(FlushJunk());
    return Refuse(line, SniffValue(start_tag, "tuid"), reason, xml);
  }

  absl::Status OnOuterTag(std::string_view tag, uint64_t line) override {
    const std::string_view name = tag.size() > 1 ? FirstWord(tag.substr(1)) : std::string_view();
    if (!seen_root_) {
      if (name != "tmx") {
        return LineError(line, absl::StrCat("not a TMX file: its first element is <", std::string(name.substr(0, 64)),
                                            ">, not <tmx>"));
      }
      seen_root_ = true;
      return absl::OkStatus();
    }
    if (name == "header") return ReadHeader(tag, line);
    if (name == "body") {
      in_body_ = true;
      return absl::OkStatus();
    }
    if (name == "/body" || name == "/tmx") {
      in_body_ = false;
      closed_ = closed_ || name == "/tmx";
      return FlushJunk();
    }
    if (in_body_ && junk_line_ == 0) junk_line_ = line;
    return in_body_ && name == "/tu" ? FlushJunk() : absl::OkStatus();
  }

  absl::Status OnOuterText(uint64_t line) override {
    if (!seen_root_) return LineError(line, "not a TMX file: text stands before the <tmx> element");
    if (in_body_ && junk_line_ == 0) junk_line_ = line;
    return absl::OkStatus();
  }

  absl::Status OnProlog(std::string_view markup, uint64_t line) override {
    return CheckProlog(markup, line, seen_root_);
  }

  absl::Status ReadHeader(std::string_view tag, uint64_t line) {
    const auto attributes = ParseTag(tag);
    if (!attributes.ok()) {
      RETURN_IF_ERROR(FlushJunk());
      return Refuse(line, "",
                    absl::StrCat("the <header> is not well-formed: ", MessageOf(attributes.status()),
                                 "; its source language is not used"));
    }
    SetFrame(tag);
    const auto srclang = attributes->find("srclang");
    if (srclang == attributes->end()) return absl::OkStatus();
    const absl::StatusOr<std::string> locale = locale_map_.Canonical(srclang->second);
    if (locale.ok()) parser_.set_default_source_locale(*locale);
    return absl::OkStatus();
  }

  const bool keep_raw_;
  const LocaleMap locale_map_;
  std::shared_ptr<const UnitFrame> frame_;
  UnitSink* const sink_;
  Utf8Transcoder transcoder_;
  XmlSplitter splitter_;
  TmxUnitParser parser_;
  std::string utf8_;
  absl::Status status_;
  bool seen_root_ = false;
  bool in_body_ = false;
  bool closed_ = false;
  uint64_t junk_line_ = 0;
};

}  // namespace

std::unique_ptr<UnitReader> NewTmxReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<TmxReader>(options, sink);
}

}  // namespace reprise
