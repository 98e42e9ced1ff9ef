/* Dates in any order and nearly any form: RFC 6265, section 5.1.1. */
#include <time.h>

#include "loadgen/cookie_jar.h"

struct date {
    int64_t hour, minute, second, day, month, year; /* -1: not met yet */
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_delimiter(char byte)
{
    unsigned char code = (unsigned char)byte;

    return code == 0x09 || (code >= 0x20 && code <= 0x2F) || (code >= 0x3B && code <= 0x40) ||
           (code >= 0x5B && code <= 0x60) || (code >= 0x7B && code <= 0x7E);
}

/* Between `least` and `most` digits at the front, then none; takes them off. */
static bool take_number(struct str *text, size_t least, size_t most, int64_t *ret)
{
    size_t len = 0;
    int64_t number = 0;

    while (len < text->len && is_digit(text->ptr[len]) && len <= most)
        number = number * 10 + (text->ptr[len++] - '0');
    if (len < least || len > most)
        return false;
    *text = str_slice(*text, len, text->len);
    *ret = number;
    return true;
}

/* "hh:mm:ss" and whatever stands behind it. */
static bool read_time(struct str token, struct date *date)
{
    int64_t parts[3] = {0};

    for (int i = 0; i < 3; i++) {
        if (i > 0 && (token.len == 0 || token.ptr[0] != ':'))
            return false;
        if (i > 0)
            token = str_slice(token, 1, token.len);
        if (!take_number(&token, 1, 2, &parts[i]))
            return false;
    }
    date->hour = parts[0];
    date->minute = parts[1];
    date->second = parts[2];
    return true;
}

static bool read_month(struct str token, struct date *date)
{
    static const struct str months[] = {STR_INIT("jan"), STR_INIT("feb"), STR_INIT("mar"),
                                        STR_INIT("apr"), STR_INIT("may"), STR_INIT("jun"),
                                        STR_INIT("jul"), STR_INIT("aug"), STR_INIT("sep"),
                                        STR_INIT("oct"), STR_INIT("nov"), STR_INIT("dec")};

    for (int i = 0; i < 12; i++) {
        if (!str_eq_nocase(str_slice(token, 0, 3), months[i]))
            continue;
        date->month = i + 1;
        return true;
    }
    return false;
}

static void read_token(struct str token, struct date *date)
{
    struct str rest = token;

    if (date->hour < 0 && read_time(token, date))
        return;
    if (date->day < 0 && take_number(&rest, 1, 2, &date->day))
        return;
    if (date->month < 0 && read_month(token, date))
        return;
    rest = token;
    if (date->year < 0 && take_number(&rest, 2, 4, &date->year)) {
        if (date->year >= 70 && date->year <= 99)
            date->year += 1900;
        else if (date->year <= 69)
            date->year += 2000;
    }
}

bool cookie_date_read(struct str text, int64_t *ret_s)
{
    struct date date = {-1, -1, -1, -1, -1, -1};
    struct tm tm = {0};

    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && !is_delimiter(text.ptr[len]))
            len++;
        if (len > 0)
            read_token(str_slice(text, 0, len), &date);
        text = str_slice(text, len + 1, text.len);
    }
    if (date.hour < 0 || date.hour > 23 || date.minute > 59 || date.second > 59 || date.day < 1 ||
        date.day > 31 || date.month < 1 || date.year < 1601)
        return false;
    tm.tm_year = (int)date.year - 1900;
    tm.tm_mon = (int)date.month - 1;
    tm.tm_mday = (int)date.day;
    tm.tm_hour = (int)date.hour;
    tm.tm_min = (int)date.minute;
    tm.tm_sec = (int)date.second;
    *ret_s = (int64_t)timegm(&tm);
    return true;
}
