#include "formats/dates.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace reprise {
namespace {

// Takes exactly `count` digits off the front.
bool Digits(size_t count, std::string_view* text, int* value) {
  if (text->size() < count) return false;
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return false;
    *value = *value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return true;
}

bool Skip(char c, std::string_view* text) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// ".123456789": the first six digits count.
int64_t Fraction(std::string_view* text) {
  if (!Skip('.', text)) return 0;
  int64_t us = 0;
  int64_t unit = 100000;
  for (; !text->empty() && text->front() >= '0' && text->front() <= '9'; text->remove_prefix(1), unit /= 10) {
    us += (text->front() - '0') * unit;
  }
  return us;
}

// Seconds east of Greenwich at the end of the text.
bool Zone(std::string_view text, int* east) {
  *east = 0;
  if (text.empty() || text == "Z") return true;
  const bool minus = text.front() == '-';
  if (!minus && text.front() != '+') return false;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!Digits(2, &text, &hours)) return false;
  Skip(':', &text);
  if (!text.empty() && !Digits(2, &text, &minutes)) return false;
  *east = (hours * 60 + minutes) * (minus ? -60 : 60);
  return text.empty() && hours <= 14 && minutes <= 59;
}

}  // namespace

bool ParseDate(std::string_view text, int64_t* us) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, east = 0;
  int64_t fraction = 0;
  if (!Digits(4, &text, &year)) return false;
  const bool extended = Skip('-', &text);
  if (!Digits(2, &text, &month) || (extended && !Skip('-', &text)) || !Digits(2, &text, &day)) return false;
  if (Skip('T', &text) || (extended && Skip(' ', &text))) {
    if (!Digits(2, &text, &hour) || (extended && !Skip(':', &text)) || !Digits(2, &text, &minute)) return false;
    const bool seconds = extended ? Skip(':', &text) : !text.empty() && text.front() >= '0' && text.front() <= '9';
    if (seconds && !Digits(2, &text, &second)) return false;
    if (seconds) fraction = Fraction(&text);
  }
  if (!Zone(text, &east)) return false;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  if (civil.day() != day) return false;  // the 31st of a short month
  const int64_t at =
      absl::ToUnixMicros(absl::FromCivil(civil, absl::UTCTimeZone())) + fraction - int64_t{east} * 1000000;
  if (at == 0) return false;
  *us = at;
  return true;
}

std::string FormatDate(int64_t us) {
  const absl::CivilSecond civil = absl::ToCivilSecond(absl::FromUnixMicros(us), absl::UTCTimeZone());
  if (civil.year() < 1 || civil.year() > 9999) return std::string();
  return absl::StrFormat("%04d%02d%02dT%02d%02d%02dZ", civil.year(), civil.month(), civil.day(), civil.hour(),
                         civil.minute(), civil.second());
}

}  // namespace reprise
