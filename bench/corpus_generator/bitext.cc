#include "bench/corpus_generator/bitext.h"

#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/decompress.h"
#include "formats/unit_stream.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise::bench {
namespace {

// The text of the variant that serves `wanted` best; nullptr if none does.
const std::string* TextFor(const Unit& unit, const std::string& wanted) {
  const std::string* same_language = nullptr;
  for (const Variant& variant : unit.variants) {
    const LocaleMatch match = MatchLocale(wanted, variant.locale);
    if (match == LocaleMatch::kSame) return &variant.content.text;
    if (match == LocaleMatch::kSameLanguage && same_language == nullptr) same_language = &variant.content.text;
  }
  return same_language;
}

class PairSink : public UnitSink {
 public:
  PairSink(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}

  absl::Status OnUnit(Unit unit, uint64_t /*line*/) override {
    const std::string* source = TextFor(unit, from_);
    const std::string* target = TextFor(unit, to_);
    if (source == nullptr || target == nullptr || KeyForm(*source).empty() || KeyForm(*target).empty()) {
      return absl::OkStatus();
    }
    pairs.push_back({*source, *target});
    return absl::OkStatus();
  }
  // A row that the product refuses is not part of the corpus.
  absl::Status OnRefusal(Refusal /*refusal*/) override { return absl::OkStatus(); }

  std::vector<Pair> pairs;

 private:
  const std::string from_, to_;
};

// Gives decompressed bytes to the reader of the format that the first of them show.
class ParseSink : public ByteSink {
 public:
  ParseSink(std::string file, ReadOptions options, UnitSink* units)
      : file_(std::move(file)), options_(std::move(options)), units_(units) {}

  absl::Status Write(std::string_view bytes) override {
    if (reader_ != nullptr) return reader_->Feed(bytes);
    head_.append(bytes);
    return head_.size() < kHead ? absl::OkStatus() : Start();
  }

  absl::Status Finish() {
    if (reader_ == nullptr) RETURN_IF_ERROR(Start());
    return reader_->Finish();
  }

 private:
  static constexpr size_t kHead = 4096;

  absl::Status Start() {
    const Format format = DetectFormat(file_, head_);
    if (format != Format::kTmx && format != Format::kTsv) {
      return InvalidArgument(file_ + " is neither TSV nor TMX; give a file of aligned sentences");
    }
    ASSIGN_OR_RETURN(reader_, NewUnitReader(format, options_, units_));
    return reader_->Feed(head_);
  }

  const std::string file_;
  const ReadOptions options_;
  UnitSink* const units_;
  std::string head_;
  std::unique_ptr<UnitReader> reader_;
};

absl::Status ReadInto(const std::string& file, const ReadOptions& options, UnitSink* units) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound(file + " cannot be read");
  ParseSink parse(file, options, units);
  Decompressor decompressor(&parse);
  std::string chunk(size_t{1} << 18, '\0');
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    RETURN_IF_ERROR(decompressor.Feed(std::string_view(chunk).substr(0, static_cast<size_t>(in.gcount()))));
  }
  RETURN_IF_ERROR(decompressor.Finish());
  return parse.Finish();
}

}  // namespace

absl::StatusOr<std::vector<Pair>> ReadBitext(const std::string& file, const std::string& from, const std::string& to) {
  ReadOptions options;
  ASSIGN_OR_RETURN(options.source_locale, CanonicalLocale(from));
  ASSIGN_OR_RETURN(options.target_locale, CanonicalLocale(to));
  PairSink sink(options.source_locale, options.target_locale);
  const absl::Status status = ReadInto(file, options, &sink);
  if (!status.ok()) return MakeStatus(status.code(), absl::StrCat(file, ": ", MessageOf(status)));
  return std::move(sink.pairs);
}

}  // namespace reprise::bench
