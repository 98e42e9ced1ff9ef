/* newman's progress bar: on a terminal only, on stderr. */
#include "reporters.h"

enum { BAR_CELLS = 40 };

static void draw(const struct reporter_progress *bar)
{
    double share = bar->total > 0 ? (double)bar->done / (double)bar->total : 1;
    int cells = (int)(share * BAR_CELLS + 0.5);
    int64_t elapsed_ms = clock_wall_ms(clock_system()) - bar->started_wall_ms;
    double left_s = share > 0 ? (double)elapsed_ms / 1000 * (1 - share) / share : 0;

    (void)fputs("\rprogress [", bar->out);
    for (int i = 0; i < BAR_CELLS; i++)
        (void)fputc(i < cells ? '=' : '-', bar->out);
    (void)fprintf(bar->out, "] %d%% | ETA: %.0fs | %llu/%llu", (int)(share * 100), left_s,
                  (unsigned long long)bar->done, (unsigned long long)bar->total);
    (void)fflush(bar->out);
}

void reporter_progress_tell(void *context, const struct run_event *event)
{
    struct reporter_progress *bar = context;

    if (event->kind == EVENT_START) {
        bar->started_wall_ms = event->record->started_wall_ms;
        bar->total = event->record->iterations * event->record->run->plan_count;
        draw(bar);
    } else if (event->kind == EVENT_ITEM_ENDED) {
        bar->done++;
        draw(bar);
    } else if (event->kind == EVENT_DONE) {
        (void)fputc('\n', bar->out);
    }
}
