// What TSV and CSV share: a header row names the columns, each other row is one pair of texts and its context.
//
//   class MyReader : public TableReader { ... RETURN_IF_ERROR(Record(cells, line, "")); ... };
//
//   source_lang  target_lang  source  target  context  [document  key  prev  next  unit]
//
// In `context` the text before the first `|` is the document, the rest the key; the columns `document` and `key` say
// the same apart and win. `prev` and `next` are the neighbours in the source language: empty = unknown, `<edge>` =
// none. Rows that follow each other, have the same texts and the same value in `unit`, which is not empty, are one unit
// with several contexts. A file without a header is read if its first row has the first five columns in this order.
// Codes are not written. Not thread-safe.
#ifndef REPRISE_FORMATS_TABLE_H_
#define REPRISE_FORMATS_TABLE_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/delimited.h"
#include "formats/unit_stream.h"

namespace reprise {

using Cells = std::vector<std::string_view>;

// True if the cells are a header row with source and target, or a row of the headerless shape.
bool LooksLikeTable(const Cells& cells);

class TableReader : public LineReader {
 protected:
  TableReader(const ReadOptions& options, UnitSink* sink) : options_(options), sink_(sink) {}

  // Takes the next row; `problem` is not empty if it could not be cut into cells; `row` is how it stands in the file,
  // without its line end, "" if that is not known. Error: as the sink answers, or INVALID_ARGUMENT if the first row is
  // no header.
  absl::Status Record(const Cells& cells, uint64_t number, std::string_view problem, std::string_view row);
  // The file has ended. Error: INVALID_ARGUMENT if there was not even a header.
  absl::Status End() override;
  // Gives the sink what waits for further rows; before an error that ends the file.
  absl::Status Flush();
  // The text of a cell.
  virtual std::string Plain(std::string_view cell) const = 0;

 private:
  static constexpr size_t kColumns = 10;

  absl::Status FirstRow(uint64_t number, bool* header);
  absl::Status HeaderError(uint64_t number, std::string_view problem) const;
  std::string_view Cell(size_t column) const;
  std::string Name() const;
  absl::Status Locale(size_t column, const std::string& option, std::string* locale);
  absl::Status Row(Unit* unit);
  void RowContext(Unit* unit) const;
  absl::Status GiveUnit(Unit unit, uint64_t number, const std::shared_ptr<const RawUnit>& raw);
  // True if the row is one more context of the unit that waits, to which it was added.
  bool Joins(const Unit& unit, std::string_view row);

  std::shared_ptr<const RawUnit> Raw(std::string_view row) const;

  const ReadOptions options_;
  UnitSink* const sink_;
  std::shared_ptr<const UnitFrame> frame_ = std::make_shared<const UnitFrame>();
  bool have_layout_ = false;
  size_t width_ = 0;
  std::array<size_t, kColumns> layout_{};
  Cells cells_;
  std::map<std::string, std::string, std::less<>> locales_;
  // The unit that may get further contexts from the next rows.
  struct Waiting {
    std::string name;  // of its column `unit`; "" if nothing waits
    Unit unit;
    uint64_t number = 0;
    std::shared_ptr<RawUnit> raw;
  };
  Waiting waiting_;
};

// One row for each pair of the two locales and each context.
class TableWriter : public UnitWriter {
 public:
  absl::Status Write(const Unit& unit) override;
  absl::Status Finish() override;
  uint64_t skipped() const override { return skipped_; }

 protected:
  TableWriter(const WriteOptions& options, ByteSink* sink) : options_(options), sink_(sink) {}

  // Appends a row to `out`, line end included.
  virtual void Row(const Cells& cells, std::string* out) = 0;

 private:
  void Begin();
  // `unit`: of the column of that name.
  void Pair(const Variant& source, const Variant& target, const Context& context, std::string_view unit);
  std::string_view Side(const std::map<std::string, Neighbour>& side) const;

  const WriteOptions options_;
  ByteSink* const sink_;
  std::string out_;
  bool begun_ = false;
  uint64_t skipped_ = 0;
  uint64_t named_ = 0;  // units of several rows
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_TABLE_H_
