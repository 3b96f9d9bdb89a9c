// The neighbours of segments in files whose order is that of a document: PO, XLIFF.
//
//   NeighbourChain chain(sink);
//   RETURN_IF_ERROR(chain.Begin());                     // an edge: the next text has nothing before it
//   RETURN_IF_ERROR(chain.AddUnit(std::move(unit), 17));  // goes to the sink once its successor is known
//   RETURN_IF_ERROR(chain.AddText({{"en", "Untranslated."}}));
//   RETURN_IF_ERROR(chain.End());
//
// Each unit's contexts get previous and next text of every locale that both texts have; the unit before a refusal gets
// an unknown neighbour unless the refused text is known, and a text of more than kMaxNeighbourBytes is unknown to those
// beside it. One unit is held back, so the sink sees the file's order. Not
// thread-safe.
#ifndef REPRISE_FORMATS_NEIGHBOUR_CHAIN_H_
#define REPRISE_FORMATS_NEIGHBOUR_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

// No memory takes a longer text (kMaxTextBytes of the engine), nor a unit whose context has one: that a text is too
// long is no reason to refuse its neighbours.
inline constexpr size_t kMaxNeighbourBytes = 32 << 10;

// What stands at one place of a document: text by canonical locale. Empty = unknown.
using TextByLocale = std::map<std::string, std::string>;

// The texts of a unit, the first of each locale.
TextByLocale TextsOf(const Unit& unit);

class NeighbourChain {
 public:
  // `sink` outlives the object.
  explicit NeighbourChain(UnitSink* sink) : sink_(sink) {}

  // Begins a document: what comes next is its first text. Ends the one before.
  // All methods: error as the sink answers.
  absl::Status Begin();
  // Ends a document: what came last has nothing after it.
  absl::Status End();
  // Gives out what is held; what comes after it is unknown. For a file that is cut off.
  absl::Status Cut();

  // How what is added next stands in the file, until another call: the sink is told before it gets the units.
  void SetRaw(std::shared_ptr<const RawUnit> raw) { raw_ = std::move(raw); }

  // Units of one place, such as the plural forms of one message: they have the same neighbours, not each other.
  // Units that bring contexts with `derive` false keep them as they are.
  // `texts` is what the place says to its neighbours.
  absl::Status AddUnits(std::vector<Unit> units, const TextByLocale& texts, uint64_t line, bool derive = true);
  absl::Status AddUnit(Unit unit, uint64_t line, bool derive = true);
  // A text that is no unit (untranslated, not for translation) but stands in the document.
  absl::Status AddText(const TextByLocale& texts);
  // A refusal; `texts` if they are known all the same.
  absl::Status AddRefusal(Refusal refusal, const TextByLocale& texts = {});

 private:
  enum class Side : uint8_t { kUnknown, kEdge, kText };
  absl::Status Flush(Side next, const TextByLocale& texts);

  UnitSink* const sink_;
  std::vector<Unit> held_;
  std::shared_ptr<const RawUnit> raw_, held_raw_;
  uint64_t held_line_ = 0;
  bool held_derive_ = false;
  Side before_ = Side::kUnknown;  // what stands before the next text
  TextByLocale before_texts_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_NEIGHBOUR_CHAIN_H_
