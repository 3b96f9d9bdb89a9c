// Plain text: one "source<TAB>target" pair a line, byte for byte, no escapes. Empty lines are passed over.
// Tested by tests/formats/plain_text_test.cc.
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "text/normalize.h"

namespace reprise {
namespace {

class TextReader : public LineReader {
 public:
  TextReader(const ReadOptions& options, UnitSink* sink) : options_(options), sink_(sink) {}

 private:
  absl::Status Line(std::string_view line, uint64_t number, bool too_long) override {
    if (line.empty() && !too_long) return absl::OkStatus();
    Unit unit;
    const absl::Status status =
        too_long ? InvalidArgument(absl::StrCat("the line is longer than ", kMaxTokenBytes, " bytes"))
                 : Row(line, &unit);
    const std::shared_ptr<const RawUnit> raw = RawLine(options_, line);
    if (!status.ok()) return sink_->OnRefusal({number, "", MessageOf(status), raw});
    if (raw != nullptr) sink_->OnRaw(raw);
    return sink_->OnUnit(std::move(unit), number);
  }

  absl::Status Row(std::string_view line, Unit* unit) const {
    const absl::Status utf8 = ValidateUtf8(line);
    if (!utf8.ok()) return InvalidArgument(absl::StrCat("is not UTF-8: ", MessageOf(utf8)));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos) {
      return InvalidArgument("is not a source, one tab and a target");
    }
    const std::string_view source = line.substr(0, tab);
    const std::string_view target = line.substr(tab + 1);
    if (IsBlank(source)) return InvalidArgument("source is empty; give both texts or leave the line out");
    if (IsBlank(target)) return InvalidArgument("target is empty; give both texts or leave the line out");
    unit->source_locale = options_.source_locale;
    unit->variants.resize(2);
    unit->variants[0].locale = options_.source_locale;
    unit->variants[0].content.text = std::string(source);
    unit->variants[1].locale = options_.target_locale;
    unit->variants[1].content.text = std::string(target);
    return absl::OkStatus();
  }

  const ReadOptions options_;
  UnitSink* const sink_;
};

}  // namespace

std::unique_ptr<UnitReader> NewTextReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<TextReader>(options, sink);
}

}  // namespace reprise
