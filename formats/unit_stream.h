// Files <-> streams of units. START HERE for formats: one reader and one writer per format, found by name or content.
//
//   ReadOptions options{.source_locale = "en", .target_locale = "de"};
//   auto reader = NewUnitReader(Format::kTsv, options, sink);   // sink gets units and refusals in file order
//   while (...) RETURN_IF_ERROR((*reader)->Feed(chunk));
//   RETURN_IF_ERROR((*reader)->Finish());
//
// Readers are push parsers whose memory does not grow with the file. Not thread-safe: one thread a reader.
#ifndef REPRISE_FORMATS_UNIT_STREAM_H_
#define REPRISE_FORMATS_UNIT_STREAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "text/locale_map.h"
#include "text/segment.h"

namespace reprise {

// docs/formats.md says what each holds. The numbers are those of the API.
enum class Format : uint8_t {
  kAuto = 0,
  kTmx = 1,
  kTsv = 2,
  kText = 3,
  kXliff12 = 4,  // XLIFF 1.0 to 1.2; read: the file's version decides
  kXliff2 = 5,   // XLIFF 2.0 and 2.1; read: the file's version decides
  kPo = 6,       // PO and POT
  kJsonl = 7,
  kCsv = 8,
};

// "auto", "tmx", "tsv", "text", "xliff", "xliff2", "po", "jsonl", "csv" (case folded) -> Format. Error:
// INVALID_ARGUMENT that lists the names.
absl::StatusOr<Format> FormatFromName(std::string_view name);
const char* FormatName(Format format);

// The format of a file from its name and its first (decompressed) bytes; content wins, then the extension
// (".tmx", ".xlf", ".po", ..., also before ".gz", ".zst" and ".xz"). kAuto if neither tells.
Format DetectFormat(std::string_view file_name, std::string_view head);

struct ReadOptions {
  std::string source_locale;  // for formats that do not say; canonical. Overrides nothing in TMX.
  std::string target_locale;
  LocaleMap locale_map;  // what tags in the file mean; the two above are taken as they are
  std::string document;  // the file's name: the document of units for which the file names none
  // Read what a translator hands back, for formats/confirmed.h: what nobody confirmed is a draft, and a target that is
  // still what was proposed bears kUnchangedProposal. XLIFF and PO only.
  bool for_learning = false;
  bool keep_raw = false;  // say how the units stand in the file: OnRaw, Refusal::raw
};

// What stands around some units of a file so that they are a file of the same format that reads as they do there:
// head, then for each group open, units, close, then tail.
struct UnitFrame {
  std::string head, open, close, tail;
  // Between these a remark may stand before a unit; empty: the format has none.
  std::string remark_begin = {}, remark_end = {};
};

// A unit as it stands in the file, in UTF-8 where its bytes are text at all, and its frame, which is one object as long
// as it stays the same.
struct RawUnit {
  std::string bytes;
  std::shared_ptr<const UnitFrame> frame;
};

// A unit that was read but cannot be taken, or a place where none could be read.
struct Refusal {
  uint64_t line = 0;                             // where the unit starts, from 1
  std::string unit;                              // the unit's own name (tuid, key) if it has one
  std::string reason;                            // says what is wrong and what would be right
  std::shared_ptr<const RawUnit> raw = nullptr;  // only with ReadOptions::keep_raw, and where there was a unit
};

// Something that was not understood in a unit that is taken all the same.
struct Warning {
  uint64_t line = 0;  // as of a refusal
  std::string unit;
  std::string text;
};

// Receives what a reader finds, in file order. Each unit in the file ends in exactly one of the calls.
// A non-OK answer stops the reader, which returns that status.
class UnitSink {
 public:
  virtual ~UnitSink() = default;
  virtual absl::Status OnUnit(Unit unit, uint64_t line) = 0;
  virtual absl::Status OnRefusal(Refusal refusal) = 0;
  // With ReadOptions::keep_raw, before OnUnit: where the next units, until another call, stand in the file.
  virtual void OnRaw(const std::shared_ptr<const RawUnit>& /*raw*/) {}
  // Before OnUnit of the unit that it is about, or a few units earlier.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who keeps warnings moves them.
  virtual absl::Status OnWarning(Warning /*warning*/) { return absl::OkStatus(); }
};

// The first line of a remark that says why a unit was refused; readers pass such remarks over.
inline constexpr std::string_view kRefusedRemark = "reprise: refused: ";

// The largest token (element, attribute, line) a reader takes; longer ones are refused.
inline constexpr size_t kMaxTokenBytes = 1 << 20;

class UnitReader {
 public:
  virtual ~UnitReader() = default;
  // Takes the next bytes of the (decompressed) file. Error: INVALID_ARGUMENT with the line, if the file as a whole
  // cannot be read on (not this format, entity expansion); what was given to the sink stays valid.
  virtual absl::Status Feed(std::string_view bytes) = 0;
  // Ends the file. Error: INVALID_ARGUMENT if it is cut off (units before the cut were given to the sink).
  virtual absl::Status Finish() = 0;
};

// REQUIRES: format != kAuto; `sink` outlives the reader. Error: INVALID_ARGUMENT if the options lack what the format
// needs (plain text needs both locales; TSV and CSV need them unless their header has the columns source_lang,
// target_lang).
absl::StatusOr<std::unique_ptr<UnitReader>> NewUnitReader(Format format, const ReadOptions& options, UnitSink* sink);

// Receives the bytes of a file that is written.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Write(std::string_view bytes) = 0;
};

// Whose names a TMX file uses for what TMX itself has no place for. The numbers are those of the API.
enum class TmxFlavor : uint8_t {
  kUnspecified = 0,  // as kNeutral
  kNeutral = 1,      // our own (tmx_vocabulary.h): nothing is lost when the file is read again
  kMemoq = 2,  // the names of one tool, for that tool: contexts, origin and status as far as it has names for them
  kTrados = 3,
  kOmegat = 4,
};

// "neutral", "memoq", "trados", "omegat" (case folded) -> TmxFlavor. Error: INVALID_ARGUMENT that lists the names.
absl::StatusOr<TmxFlavor> TmxFlavorFromName(std::string_view name);

struct WriteOptions {
  std::string source_locale;  // TMX srclang ("" = "*all*"); formats of one pair: which variant is the source (required)
  std::string target_locale;  // formats of one pair only (required)
  TmxFlavor flavor = TmxFlavor::kUnspecified;  // TMX only
  bool without_ids = false;                    // JSON Lines only: equal units of different memories are equal lines
};

class UnitWriter {
 public:
  virtual ~UnitWriter() = default;
  // Writes one unit. A unit that the format cannot hold at all (no variants of the pair) is skipped and counted.
  virtual absl::Status Write(const Unit& unit) = 0;
  // Writes the end of the file. No calls after it.
  virtual absl::Status Finish() = 0;
  // Units that could not be written.
  virtual uint64_t skipped() const = 0;
  // Texts that were left out because the format holds a text only once in one place, and had it already (PO).
  virtual uint64_t repeated() const { return 0; }
  // Characters that the format cannot hold (XML: most controls) and that were written as U+FFFD.
  virtual uint64_t replaced() const { return 0; }
};

// All formats but kText. kTmx and kJsonl hold whole units, the others one pair of locales. REQUIRES: `sink` outlives
// the writer.
absl::StatusOr<std::unique_ptr<UnitWriter>> NewUnitWriter(Format format, const WriteOptions& options, ByteSink* sink);

}  // namespace reprise

#endif  // REPRISE_FORMATS_UNIT_STREAM_H_
