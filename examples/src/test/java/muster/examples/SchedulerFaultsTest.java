package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import muster.testkit.RunningProgram;
import muster.testkit.faults.Machines;
import muster.testkit.faults.Report;
import muster.testkit.faults.SchedulerRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Scheduler servers and clients as processes under faults; always the same schedules. More: {@code muster simulate -scheduler}. */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
final class SchedulerFaultsTest {
    private static final int SERVERS = 3;
    private static final int CLIENTS = 2;
    private static final int FAULTS = 4;
    /** Together they kill, stop and cut off the leader, a follower and a client. */
    private static final long[] SEEDS = {1, 11, 12};

    @TempDir
    Path folder;

    /**
     * Plan: three servers and two clients run; for each seed servers and clients are killed, ended, stopped and cut off while jobs are
     * registered, scaled and stopped, then all is mended. No acknowledged change is lost and indexes grow; then every job has its
     * instances, each a process, and no more, and deployments and evaluations end.
     */
    @Test
    void jobsAreCarriedOutAsAcknowledgedUnderEachSchedule() throws Exception {
        try (Machines machines = Machines.ofScheduler(RunningProgram.quickJava(folder.resolve("classes.jsa"), muster.agent.Main.class, "nomad"),
                folder.resolve("machines"), 81, SERVERS, CLIENTS)) {
            machines.startAll();
            machines.rehearse();
            for (long seed : SEEDS) {
                Report report = new SchedulerRun(machines, seed, FAULTS).run();
                assertThat(report.wrong()).as(report.line() + "\n" + report.details()).isEmpty();
                assertThat(report.count(Report.ANSWERED)).as(report.line()).isPositive();
            }
        }
    }
}
