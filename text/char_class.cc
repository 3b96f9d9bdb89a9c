#include "text/char_class.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <string_view>

namespace reprise {
namespace {

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(c, &status);
}

// The prolonged sound mark belongs to both Kana, so that its script is "common".
constexpr UChar32 kProlongedSound = 0x30FC;

bool IsCjk(UScriptCode script) {
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

// Length of a stem in code points, 0 for the whole word.
uint32_t StemLength(UChar32 c, UScriptCode script) {
  if (c < 0x590) return 5;
  if (IsCjk(script) || c == kProlongedSound) return 0;
  switch (script) {
    case USCRIPT_HANGUL: return 2;
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW: return 3;
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return 0;
    default: return 5;
  }
}

// True where ICU breaks by dictionary or by rules that are not worth repeating here: in Thai and its like, in what is
// left of Han and Kana, and at joiners and line ends, which a key form does not have.
bool NeedsIcu(UChar32 c, UScriptCode script) {
  if (IsCjk(script)) return true;
  if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) return true;
  switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_KATAKANA:
    case U_WB_ZWJ:
    case U_WB_CR:
    case U_WB_LF:
    case U_WB_NEWLINE: return true;
    default: return false;
  }
}

WordClass ComputeWordClass(UChar32 c) {
  constexpr UChar32 kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3;
  if (c >= kFirstSyllable && c <= kLastSyllable) return WordClass::kHangul;
  // The root locale's rules do not let a colon join letters, other than the Unicode property.
  if (c == ':' || c == 0xFE55 || c == 0xFF1A) return WordClass::kOther;
  switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_WSEGSPACE: return WordClass::kSpace;
    case U_WB_ALETTER: return WordClass::kLetter;
    case U_WB_HEBREW_LETTER: return WordClass::kHebrew;
    case U_WB_NUMERIC: return WordClass::kNumeric;
    case U_WB_EXTENDNUMLET: return WordClass::kConnector;
    case U_WB_MIDLETTER: return WordClass::kMidLetter;
    case U_WB_MIDNUM: return WordClass::kMidNumber;
    case U_WB_MIDNUMLET: return WordClass::kMidBoth;
    case U_WB_SINGLE_QUOTE: return WordClass::kSingleQuote;
    case U_WB_DOUBLE_QUOTE: return WordClass::kDoubleQuote;
    case U_WB_EXTEND:
    case U_WB_FORMAT: return WordClass::kExtend;
    case U_WB_REGIONAL_INDICATOR: return WordClass::kRegional;
    default: return WordClass::kOther;
  }
}

}  // namespace

constinit PageTable<CharPage> char_pages;

uint32_t ComputeCharFlags(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  const uint32_t category = U_MASK(u_charType(c));
  const UScriptCode script = ScriptOf(c);
  const bool scored = (category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
  uint32_t flags = 0;
  const auto set = [&flags](CharFlag flag, bool value) { flags |= value ? flag : 0u; };
  set(kCharScored, scored);
  set(kCharLetter, (category & U_GC_L_MASK) != 0);
  set(kCharMark, (category & U_GC_M_MASK) != 0);
  set(kCharDigit, (category & U_GC_ND_MASK) != 0);
  set(kCharJoins, (category & U_GC_L_MASK) != 0 &&
                      (script == USCRIPT_LATIN || script == USCRIPT_CYRILLIC || script == USCRIPT_GREEK));
  set(kCharOwnWord, c == kProlongedSound || (IsCjk(script) && scored));
  set(kCharClings, (category & U_GC_M_MASK) != 0 || u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER));
  set(kCharRegional, u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR));
  set(kCharTrigger,
      (category & U_GC_ND_MASK) != 0 ||
          (c < 0x80 && std::string_view("%{$#/~\\@").find(static_cast<char>(c)) != std::string_view::npos));
  set(kCharAt, c == '@');
  set(kCharNeedsIcu, NeedsIcu(c, script));
  flags |= static_cast<uint32_t>(ComputeWordClass(c)) << kWordClassShift;
  return flags | StemLength(c, script) << kStemShift;
}

CharPage::CharPage(char32_t number) {
  for (char32_t low = 0; low < flags.size(); ++low) flags[low] = ComputeCharFlags((number << 8) | low);
}

}  // namespace reprise
