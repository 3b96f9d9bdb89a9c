// A unit with the costly parts of a write done, outside the write lock and on any thread.
//
//   PreparedUnit prepared(std::move(unit));          // unit checked and canonical
//   RETURN_IF_ERROR(txn.PutUnit(memory, prepared, policy, actor, &result));
//
// Thread-safety: a value.
#ifndef REPRISE_STORAGE_PREPARED_UNIT_H_
#define REPRISE_STORAGE_PREPARED_UNIT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/segment.h"

namespace reprise {

// Identity of a write (design §4): the client's key if there is one; else source locale, text and codes, document, key
// and the locales of the other variants. `targets` is the rest of what a unit says.
struct UnitIdentity {
  std::string hash;      // format::IdentityHash
  uint64_t targets = 0;  // format::TargetsHash
};
UnitIdentity IdentityOf(const Unit& unit);
// The variant that an identity calls the source: the first in the unit's source locale, else the first of all.
size_t SourceVariant(const Unit& unit);

// A text as segments are keyed by it. Its tokens are found again when its row is made: they take ten times the room of
// the text, and an import holds tens of thousands of texts.
struct PreparedText {
  explicit PreparedText(std::string_view text);

  std::string key_form;
  uint32_t bare = 0;    // format::BareHash of the bare form; 0 if there is none, or if it is the key form
  uint32_t weight = 0;  // W
};

struct PreparedUnit {
  explicit PreparedUnit(Unit u);

  Unit unit;
  UnitIdentity identity;
  std::vector<PreparedText> texts;  // by variant
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_PREPARED_UNIT_H_
