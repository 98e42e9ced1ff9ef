#include "loadgen/figure_text.h"

#include <math.h>

const char *figure_text(double value, int decimals, char ret[FIGURE_TEXT_BYTES])
{
    static const long long steps[] = {1000, 100, 10, 1}, scales[] = {1, 10, 100, 1000};
    long long step = 0, scale = 0, units = 0;

    assert(decimals >= 0 && decimals <= 3);
    step = steps[decimals];
    scale = scales[decimals];
    units = (llround(value * 1000) + step / 2) / step;
    if (decimals == 0)
        (void)snprintf(ret, FIGURE_TEXT_BYTES, "%lld", units);
    else
        (void)snprintf(ret, FIGURE_TEXT_BYTES, "%lld.%0*lld", units / scale, decimals,
                       units % scale);
    return ret;
}

const char *figure_text_ms(double ms, char ret[FIGURE_TEXT_BYTES])
{
    return figure_text(ms, ms < 10 ? 2 : ms < 1000 ? 1 : 0, ret);
}
