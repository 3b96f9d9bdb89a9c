// The key form, in two ways. The general one works on code points with their raw places, in rounds, until nothing
// changes. The quick one writes the fixed point of each code point as it comes and leaves to the general one only the
// short stretches where code points interact: it starts anew at each code point that nothing before it can change.
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "text/folding.h"
#include "text/normalize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

using folding::Folding;
using folding::FoldingOf;
using folding::Nfkc;
using folding::NfkcCasefold;
using folding::QuickFold;
using folding::Unify;

// A code point of the key form in the making and the raw code points [begin, end) that it came from.
struct Item {
  char32_t c;
  uint32_t begin;
  uint32_t end;
};
using Items = std::vector<Item>;

// Appends with white space collapsed; leading white space is dropped.
void Emit(char32_t c, uint32_t begin, uint32_t end, Items* out) {
  if (c == ' ') {
    if (out->empty()) return;
    if (out->back().c == ' ') {
      out->back().end = end;
      return;
    }
  }
  out->push_back({c, begin, end});
}

// Normalizes the code points [first, last), which may interact, as one.
void EmitNormalized(const Items& in, size_t first, size_t last, Items* out) {
  icu::UnicodeString chunk;
  for (size_t i = first; i < last; ++i) chunk.append(static_cast<UChar32>(Unify(in[i].c)));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = NfkcCasefold().normalize(chunk, status);
  for (int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    Emit(Unify(static_cast<char32_t>(normal.char32At(i))), in[first].begin, in[last - 1].end, out);
  }
}

void EmitExpanded(const Item& item, Items* out) {
  icu::UnicodeString raw;
  Nfkc().getRawDecomposition(static_cast<UChar32>(item.c), raw);
  for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    Emit(static_cast<char32_t>(raw.char32At(i)), item.begin, item.end, out);
  }
}

// One round of folding.
void FoldOnce(const Items& in, Items* out) {
  out->clear();
  for (size_t i = 0; i < in.size();) {
    const Folding folding = FoldingOf(in[i].c);
    size_t end = i + 1;
    if (folding.Has(Folding::kExpand)) {
      EmitExpanded(in[i], out);
    } else if (folding.Has(Folding::kProtected)) {
      Emit(in[i].c, in[i].begin, in[i].end, out);
    } else {
      while (end < in.size() && !FoldingOf(in[end].c).Has(Folding::kBoundary)) ++end;
      if (end == i + 1 && folding.Has(Folding::kSingle)) {
        Emit(folding.mapped, in[i].begin, in[i].end, out);
      } else {
        EmitNormalized(in, i, end, out);
      }
    }
    i = end;
  }
  if (!out->empty() && out->back().c == ' ') out->pop_back();
}

// True if another round would surely change nothing: no code point maps to another or interacts with its neighbour.
bool SurelyStable(const Items& items) {
  for (const Item& item : items) {
    if (!FoldingOf(item.c).IsStable(item.c)) return false;
  }
  return true;
}

bool SameText(const Items& a, const Items& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].c != b[i].c) return false;
  }
  return true;
}

// Folds the items to a fixed point. Two or three rounds reach it in practice; the bound guards against a surprise in
// future Unicode data. `scratch` is what another round is written to.
void FoldToFixedPoint(Items* items, Items* scratch) {
  constexpr int kMaxRounds = 16;
  for (int round = 0; round < kMaxRounds; ++round) {
    FoldOnce(*items, scratch);
    const bool done = SurelyStable(*scratch) || SameText(*items, *scratch);
    items->swap(*scratch);
    if (done) break;
  }
}

void AppendItems(std::string_view text, Items* items) {
  uint32_t position = static_cast<uint32_t>(items->size());
  for (size_t i = 0; i < text.size(); ++position) {
    const char32_t c = NextCodePoint(text, &i);
    items->push_back({c, position, position + 1});
  }
}

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// In ASCII the whole folding is case and white space.
void FoldAsciiWithMap(std::string_view text, MappedKeyForm* map) {
  std::string& key = map->key;
  key.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    char c = text[i];
    if (IsAsciiSpace(c)) {
      while (end < text.size() && IsAsciiSpace(text[end])) ++end;
      c = ' ';
    }
    c = LowerAscii(c);
    if (c != ' ' || (!key.empty() && end < text.size())) {
      key.push_back(c);
      map->raw_begin.push_back(static_cast<uint32_t>(i));
      map->raw_end.push_back(static_cast<uint32_t>(end));
    }
    i = end;
  }
}

// The quick way. Memory is kept between texts.
class KeyFormer {
 public:
  void Run(std::string_view text, std::string* key) {
    text_ = text;
    in_ = out_ = starter_in_ = starter_out_ = 0;
    Reserve(0);
    while (in_ < text_.size()) {
      if (static_cast<unsigned char>(text_[in_]) < 0x80) {
        Ascii();
      } else {
        Other();
      }
    }
    if (EndsWithSpace() && out_ > 0) --out_;
    key->assign(buffer_.data(), out_);
  }

 private:
  // Room for `extra` bytes besides what the rest of the text can become at most without the pool of kMulti: three bytes
  // for one (a bad byte), and what is written in blocks beyond the end.
  void Reserve(size_t extra) {
    const size_t needed = out_ + extra + 3 * (text_.size() - in_) + 16;
    if (buffer_.size() < needed) buffer_.resize(2 * needed);
  }

  // True as well at the beginning, where spaces are dropped.
  bool EndsWithSpace() const { return out_ == 0 || buffer_[out_ - 1] == ' '; }

  void Put(char c) {
    if (c != ' ' || !EndsWithSpace()) buffer_[out_++] = c;
  }

  void Ascii() {
    if constexpr (std::endian::native == std::endian::little) {
      while (in_ + 8 <= text_.size() && EightAscii()) {
      }
    }
    // A block that was not plain; then blocks are tried again.
    const size_t end = std::min(in_ + 8, text_.size());
    for (; in_ < end && static_cast<unsigned char>(text_[in_]) < 0x80; ++in_) {
      Put(IsAsciiSpace(text_[in_]) ? ' ' : LowerAscii(text_[in_]));
    }
    starter_in_ = in_ - 1;
    starter_out_ = EndsWithSpace() ? out_ : out_ - 1;
  }

  // Eight bytes at once if they are ASCII without control characters and with spaces that stand alone.
  bool EightAscii() {
    constexpr uint64_t kSpaces = ' ' * kOnes;
    const uint64_t word = LoadEight(text_.data() + in_);
    if (((word | (word - kSpaces)) & kHighBits) != 0) return false;  // not ASCII, or below ' '
    const uint64_t spaces = ~((word ^ kSpaces) + (kHighBits - kOnes)) & kHighBits;
    if ((spaces & (spaces << 8)) != 0 || ((spaces & 0x80) != 0 && EndsWithSpace())) return false;
    const uint64_t from_a = word + (0x80 - 'A') * kOnes;
    const uint64_t after_z = word + (0x7F - 'Z') * kOnes;
    const uint64_t lower = word | ((from_a & ~after_z & kHighBits) >> 2);
    std::memcpy(buffer_.data() + out_, &lower, sizeof(lower));
    in_ += 8;
    out_ += 8;
    return true;
  }

  static QuickFold Quick(char32_t c) {
    if (c >= PageTable<folding::FoldPage>::kTabled) return {};
    return folding::fold_pages.PageOf(c).quick[c & 0xFF];
  }

  void Other() {
    size_t next = in_;
    const char32_t c = NextCodePoint(text_, &next);
    const QuickFold quick = Quick(c);
    if (!quick.IsStarter()) return Cluster();
    starter_in_ = in_;
    starter_out_ = out_;
    in_ = next;
    if (quick.kind == QuickFold::kSimple && quick.utf8[0] != ' ') {
      Append(quick);
    } else if (quick.kind == QuickFold::kSimple) {
      Put(' ');
    } else {
      Reserve(quick.length);
      const char* utf8 = folding::fold_pages.PageOf(c).pool.data() + quick.offset;
      for (uint8_t i = 0; i < quick.length; ++i) Put(utf8[i]);
    }
  }

  void Append(const QuickFold& quick) {
    std::memcpy(buffer_.data() + out_, quick.utf8.data(), quick.utf8.size());
    out_ += quick.length;
  }

  // The code points from in_ to the next starter. Marks in canonical order that compose with nothing stay as they are;
  // all else is folded in general, together with the starter before.
  void Cluster() {
    char32_t base = LastCodePoint();
    uint8_t last_class = 0;
    bool quickly = true;
    while (in_ < text_.size()) {
      size_t next = in_;
      const char32_t c = NextCodePoint(text_, &next);
      const QuickFold quick = Quick(c);
      if (quick.IsStarter()) break;
      in_ = next;
      if (!quickly || quick.kind == QuickFold::kVanishes) continue;
      quickly = quick.kind != QuickFold::kSlow && (quick.combining_class == 0 || quick.combining_class >= last_class) &&
                !(quick.kind == QuickFold::kMaybeMark && MayCompose(base, c));
      if (!quickly) continue;
      Append(quick);
      last_class = quick.combining_class;
      if (last_class == 0) base = c;
    }
    if (!quickly) General();
  }

  // False if it surely does not. A base with marks of its own may give them up for this one ("ü" and a dot below).
  static bool MayCompose(char32_t base, char32_t mark) {
    if (base == 0) return false;
    const auto c = static_cast<UChar32>(base);
    icu::UnicodeString decomposed;
    return folding::Nfc().getRawDecomposition(c, decomposed) ||
           NfkcCasefold().composePair(c, static_cast<UChar32>(mark)) != U_SENTINEL;
  }

  // 0 if nothing is written yet.
  char32_t LastCodePoint() const {
    if (out_ == 0) return 0;
    size_t i = out_ - 1;
    while (i > 0 && (static_cast<unsigned char>(buffer_[i]) & 0xC0) == 0x80) --i;
    return NextCodePoint(std::string_view(buffer_.data(), out_), &i);
  }

  // Folds what stands between the last starter and in_. An "x" at either side, which nothing can change, tells the
  // general way that this is the middle of a text.
  void General() {
    out_ = starter_out_;
    const size_t before = out_ == 0 ? 0 : EndsWithSpace() ? 2 : 1;
    const bool after = in_ < text_.size();
    items_.clear();
    AppendItems(std::string_view("x ").substr(0, before), &items_);
    AppendItems(text_.substr(starter_in_, in_ - starter_in_), &items_);
    if (after) AppendItems("x", &items_);
    FoldToFixedPoint(&items_, &scratch_);
    folded_.clear();
    const size_t end = items_.size() - (after ? 1 : 0);
    for (size_t i = before; i < end; ++i) AppendCodePoint(items_[i].c, &folded_);
    Reserve(folded_.size());
    folded_.copy(buffer_.data() + out_, folded_.size());
    out_ += folded_.size();
  }

  std::string_view text_;
  size_t in_ = 0;           // text_ up to here is folded
  size_t out_ = 0;          // into these bytes of buffer_
  size_t starter_in_ = 0;   // where the last starter begins
  size_t starter_out_ = 0;  // and what was written before it
  std::string buffer_;
  std::string folded_;
  Items items_;
  Items scratch_;
};

}  // namespace

void KeyForm(std::string_view text, std::string* key) {
  thread_local KeyFormer former;
  former.Run(text, key);
}

std::string KeyForm(std::string_view text) {
  std::string key;
  KeyForm(text, &key);
  return key;
}

MappedKeyForm KeyFormWithMap(std::string_view text) {
  MappedKeyForm mapped;
  mapped.key.reserve(text.size());
  if (IsAscii(text)) {
    mapped.raw_begin.reserve(text.size());
    mapped.raw_end.reserve(text.size());
    FoldAsciiWithMap(text, &mapped);
    return mapped;
  }
  Items items;
  Items scratch;
  items.reserve(text.size());
  scratch.reserve(text.size());
  AppendItems(text, &items);
  FoldToFixedPoint(&items, &scratch);
  mapped.raw_begin.reserve(items.size());
  mapped.raw_end.reserve(items.size());
  for (const Item& item : items) {
    AppendCodePoint(item.c, &mapped.key);
    mapped.raw_begin.push_back(item.begin);
    mapped.raw_end.push_back(item.end);
  }
  return mapped;
}

}  // namespace reprise
