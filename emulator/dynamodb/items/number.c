#include "number.h"

#include "errors.h"

enum {
    EXPONENT_SEEN_MAX = 100000, /* more is out of range whatever the digits are */
    EXPONENT_DIGITS_MAX = 19,   /* more than a 64-bit integer holds is no number at all */
};

static bool fail_text(struct str text, struct aws_error *err)
{
    if (text.len == 0)
        return aws_fail(err, &ddb_validation_exception,
                        "The parameter cannot be converted to a numeric value");
    return aws_fail(err, &ddb_validation_exception,
                    "The parameter cannot be converted to a numeric value: %.*s", STR_ARG(text));
}

static bool fail_overflow(struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Number overflow. Attempting to store a number with magnitude larger than "
                    "supported range");
}

static bool fail_underflow(struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Number underflow. Attempting to store a number with magnitude smaller than "
                    "supported range");
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* What the text says: the digits from the first to the last that is not zero, and where they lie.
 */
struct scan {
    char digits[NUMBER_DIGITS_MAX + 1];
    size_t count;  /* significant digits; one past the limit means too many */
    size_t zeros;  /* seen behind them, not yet counted */
    long fraction; /* digits behind the point, all of them */
    size_t all;    /* digits at all */
    long exponent; /* as written */
    bool negative;
};

static void scan_digit(struct scan *scan, char digit)
{
    scan->all++;
    if (digit == '0') {
        scan->zeros += scan->count > 0;
        return;
    }
    for (; scan->zeros > 0; scan->zeros--) {
        if (scan->count <= NUMBER_DIGITS_MAX)
            scan->digits[scan->count++] = '0';
    }
    if (scan->count <= NUMBER_DIGITS_MAX)
        scan->digits[scan->count++] = digit;
}

static bool scan_exponent(struct scan *scan, struct str text)
{
    static const struct str highest = STR_INIT("9223372036854775807");
    static const struct str lowest = STR_INIT("9223372036854775808");
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t i = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');

    if (i == text.len)
        return false;
    for (; i < text.len && text.ptr[i] == '0'; i++)
        ;
    struct str digits = str_slice(text, i, text.len);
    for (i = 0; i < digits.len; i++) {
        if (!is_digit(digits.ptr[i]))
            return false;
        if (scan->exponent < EXPONENT_SEEN_MAX)
            scan->exponent = scan->exponent * 10 + (digits.ptr[i] - '0');
    }
    if (digits.len > EXPONENT_DIGITS_MAX ||
        (digits.len == EXPONENT_DIGITS_MAX && str_compare(digits, negative ? lowest : highest) > 0))
        return false;
    if (negative)
        scan->exponent = -scan->exponent;
    return true;
}

static bool scan_text(struct scan *scan, struct str text)
{
    bool point = false;
    size_t i = 0;

    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        scan->negative = text.ptr[0] == '-';
        i = 1;
    }
    for (; i < text.len; i++) {
        char byte = text.ptr[i];

        if (byte == '.' && !point) {
            point = true;
        } else if (is_digit(byte)) {
            scan_digit(scan, byte);
            scan->fraction += point;
        } else if (scan->all > 0 && (byte == 'e' || byte == 'E')) {
            return scan_exponent(scan, str_slice(text, i + 1, text.len));
        } else {
            return false;
        }
    }
    return scan->all > 0;
}

bool number_parse(struct str text, struct number *ret, struct aws_error *err)
{
    struct scan scan = {.count = 0};
    struct number number = {0};

    if (!scan_text(&scan, text))
        return fail_text(text, err);
    /* Of the last digit as written: a zero is refused by it, too. */
    long last = scan.exponent - scan.fraction;
    if (scan.count == 0) {
        if (last > NUMBER_EXPONENT_MAX)
            return fail_overflow(err);
        if (last < NUMBER_EXPONENT_MIN)
            return fail_underflow(err);
        *ret = number;
        return true;
    }
    long lowest = last + (long)scan.zeros, highest = lowest + (long)scan.count - 1;
    if (scan.count > NUMBER_DIGITS_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "Attempting to store more than 38 significant digits in a Number");
    if (highest > NUMBER_EXPONENT_MAX)
        return fail_overflow(err);
    if (highest < NUMBER_EXPONENT_MIN)
        return fail_underflow(err);
    for (size_t i = 0; i < scan.count; i++)
        number.coefficient = number.coefficient * 10 + (uint8_t)(scan.digits[i] - '0');
    number.exponent = (int16_t)lowest;
    number.negative = scan.negative;
    *ret = number;
    return true;
}

/* Decimal digits without a terminator; answers how many. */
static int coefficient_digits(uint128 coefficient, char ret[NUMBER_DIGITS_MAX + 2])
{
    char reversed[NUMBER_DIGITS_MAX + 2] = {0};
    int count = 0;

    for (; coefficient > UINT64_MAX && count < NUMBER_DIGITS_MAX + 2; coefficient /= 10)
        reversed[count++] = (char)('0' + (int)(coefficient % 10));
    /* Most numbers are short, and 64 bits divide many times faster. */
    for (uint64_t rest = (uint64_t)coefficient; rest > 0; rest /= 10)
        reversed[count++] = (char)('0' + (int)(rest % 10));
    for (int i = 0; i < count; i++)
        ret[i] = reversed[count - 1 - i];
    return count;
}

static void write_zeros(struct buffer *out, int count)
{
    for (int i = 0; i < count; i++)
        buffer_add_char(out, '0');
}

void number_write(struct buffer *out, struct number number)
{
    char digits[NUMBER_DIGITS_MAX + 2];
    int count = coefficient_digits(number.coefficient, digits);
    int point = count + number.exponent; /* digits before the point */

    if (count == 0) {
        buffer_add_char(out, '0');
        return;
    }
    if (number.negative)
        buffer_add_char(out, '-');
    if (point <= 0) {
        buffer_add_literal(out, "0.");
        write_zeros(out, -point);
        buffer_add(out, (struct str){digits, (size_t)count});
    } else if (point >= count) {
        buffer_add(out, (struct str){digits, (size_t)count});
        write_zeros(out, point - count);
    } else {
        buffer_add(out, (struct str){digits, (size_t)point});
        buffer_add_char(out, '.');
        buffer_add(out, (struct str){digits + point, (size_t)(count - point)});
    }
}

/* The exponent of the first digit. */
static int highest(struct number number)
{
    char digits[NUMBER_DIGITS_MAX + 2];

    return number.exponent + coefficient_digits(number.coefficient, digits) - 1;
}

static char first_digit(struct number number)
{
    char digits[NUMBER_DIGITS_MAX + 2];

    coefficient_digits(number.coefficient, digits);
    return digits[0];
}

static int compare_magnitude(struct number a, struct number b)
{
    int high_a = highest(a), high_b = highest(b);

    if (high_a != high_b)
        return high_a < high_b ? -1 : 1;
    for (; a.exponent > b.exponent; a.exponent--) /* the difference is below 38 here */
        a.coefficient *= 10;
    for (; b.exponent > a.exponent; b.exponent--)
        b.coefficient *= 10;
    if (a.coefficient == b.coefficient)
        return 0;
    return a.coefficient < b.coefficient ? -1 : 1;
}

int number_compare(struct number a, struct number b)
{
    if (a.coefficient == 0 || b.coefficient == 0) {
        int sign_a = a.coefficient == 0 ? 0 : a.negative ? -1 : 1;
        int sign_b = b.coefficient == 0 ? 0 : b.negative ? -1 : 1;

        return sign_a - sign_b;
    }
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    return a.negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

struct number number_negate(struct number number)
{
    number.negative = number.coefficient != 0 && !number.negative;
    return number;
}

static bool normalise(struct number number, struct number *ret, struct aws_error *err)
{
    char digits[NUMBER_DIGITS_MAX + 2];

    if (number.coefficient == 0) {
        *ret = (struct number){0};
        return true;
    }
    for (; number.coefficient % 10 == 0; number.coefficient /= 10)
        number.exponent++;
    int count = coefficient_digits(number.coefficient, digits);
    if (count > NUMBER_DIGITS_MAX || number.exponent + count - 1 > NUMBER_EXPONENT_MAX)
        return fail_overflow(err);
    if (number.exponent + count - 1 < NUMBER_EXPONENT_MIN)
        return fail_underflow(err);
    *ret = number;
    return true;
}

bool number_add(struct number a, struct number b, struct number *ret, struct aws_error *err)
{
    if (a.coefficient == 0 || b.coefficient == 0) {
        *ret = a.coefficient == 0 ? b : a;
        return true;
    }
    /* A sum spans from the higher first digit to the lower last one: 39 fit only when a difference
     * loses the first, and then that is a one (below 2E38: 128 bits hold it). */
    int top = highest(a) > highest(b) ? highest(a) : highest(b);
    int bottom = a.exponent < b.exponent ? a.exponent : b.exponent;
    bool borrows = a.negative != b.negative && top - bottom == NUMBER_DIGITS_MAX &&
                   first_digit(highest(a) == top ? a : b) == '1';
    if (top - bottom >= NUMBER_DIGITS_MAX && !borrows)
        return fail_overflow(err);
    for (; a.exponent > bottom; a.exponent--)
        a.coefficient *= 10;
    for (; b.exponent > bottom; b.exponent--)
        b.coefficient *= 10;
    struct number sum = a;
    if (a.negative == b.negative) {
        sum.coefficient = a.coefficient + b.coefficient; /* below 2E38, and 2^128 is above 3.4E38 */
    } else if (a.coefficient >= b.coefficient) {
        sum.coefficient = a.coefficient - b.coefficient;
    } else {
        sum.coefficient = b.coefficient - a.coefficient;
        sum.negative = b.negative;
    }
    return normalise(sum, ret, err);
}

enum { ZERO = 0x80, KEY_PAIRS_MAX = 20 };

/*
 * The service's bytes, which its hash of a partition key is made of: the exponent to the base of
 * 100, from 0x80 up for what is positive, then the digits in pairs, each byte above zero so that a
 * longer number follows its beginning; a negative one has all that turned round and a last byte
 * above every pair (but for the longest).
 */
size_t number_key(struct number number, char ret[NUMBER_KEY_BYTES_MAX])
{
    char digits[NUMBER_DIGITS_MAX + 2];
    int count = coefficient_digits(number.coefficient, digits);
    size_t length = 0;

    if (count == 0) {
        ret[length++] = (char)ZERO;
        return length;
    }
    int point = number.exponent + count; /* digits before it, or minus the zeros behind it */
    int odd = point % 2 != 0;            /* then the first digit makes a pair with a zero */
    int first = ZERO + (point + odd) / 2 + 64;
    ret[length++] = (char)(number.negative ? ~first : first);
    for (int i = -odd; i < count; i += 2) {
        int pair = (i >= 0 ? digits[i] - '0' : 0) * 10 + (i + 1 < count ? digits[i + 1] - '0' : 0);

        ret[length++] = (char)(number.negative ? 101 - pair : pair + 1);
    }
    if (number.negative && length <= KEY_PAIRS_MAX)
        ret[length++] = 102;
    return length;
}

static int floor_half(int value)
{
    return value >= 0 ? value / 2 : -((1 - value) / 2);
}

size_t number_size(struct number number)
{
    if (number.coefficient == 0)
        return 1;
    int pairs = floor_half(highest(number)) - floor_half(number.exponent) + 1;
    return 1 + (size_t)pairs + (number.negative ? 1 : 0);
}
