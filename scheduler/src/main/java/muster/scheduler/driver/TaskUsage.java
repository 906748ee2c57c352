package muster.scheduler.driver;

import java.time.Instant;
import java.util.List;

/**
 * What the processes of a task used.
 *
 * @param percent of one core, user and system mode together
 * @param residentBytes the sum of their resident sets
 * @param processes their ids
 */
public record TaskUsage(
        double percent, double userPercent, double systemPercent, long residentBytes, long swapBytes,
        List<Long> processes, Instant at) {
    public TaskUsage {
        processes = List.copyOf(processes);
    }
}
