package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import muster.testkit.RunningProgram;
import muster.testkit.faults.FaultRun;
import muster.testkit.faults.RegistryServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three registry servers as processes under schedules of faults; always the same ones. More of them: {@code muster simulate}. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
final class FaultsTest {
    private static final int SCHEDULES = 20;
    private static final int FAULTS = 3;

    @TempDir
    Path folder;

    /**
     * Plan: three servers run; for each seed servers are killed, ended, stopped and cut off while clients read and write, then all
     * is mended. What clients saw is judged: keys are linearizable, so nothing acknowledged is lost, the lock has one holder,
     * indexes never go back.
     */
    @Test
    void whatClientsSawWasWellUnderEachSchedule() throws Exception {
        List<FaultRun.Report> reports = new ArrayList<>();
        try (RegistryServers servers = new RegistryServers(RunningProgram.java(muster.agent.Main.class, "consul"), folder, 3)) {
            servers.startAll();
            for (int seed = 0; seed < SCHEDULES; seed++) {
                FaultRun.Report report = new FaultRun(servers, seed, FAULTS).run();
                reports.add(report);
                assertThat(report.wrong()).as(report.line() + "\n" + report.details()).isEmpty();
            }
        }
        String lines = reports.stream().map(FaultRun.Report::line).collect(Collectors.joining("\n"));
        assertThat(reports).as(lines).allMatch(report -> report.operations() > 0);
        assertThat(reports.stream().mapToInt(FaultRun.Report::locks).sum()).as(lines).isPositive();
    }
}
