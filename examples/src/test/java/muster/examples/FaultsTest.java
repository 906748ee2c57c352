package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.testkit.Eventually;
import muster.testkit.RunningProgram;
import muster.testkit.faults.Fault;
import muster.testkit.faults.Machines;
import muster.testkit.faults.RegistryRun;
import muster.testkit.faults.Report;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registry servers as processes under faults, three in a cluster; the schedules are always the same ones. More of them: {@code muster simulate}. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
final class FaultsTest {
    private static final int SCHEDULES = 20;
    private static final int FAULTS = 3;
    /** Some times what it takes where nothing else runs. */
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    static Path folder;

    private static final Pattern HEALTH = Pattern.compile("\"CheckID\":\"serfHealth\".*?\"Status\":\"(\\w+)\".*?\"ModifyIndex\":(\\d+)");
    private static Machines servers;
    private static Machines others;

    private record Health(String status, long index) {}

    @BeforeAll
    static void start() {
        List<String> words = RunningProgram.quickJava(folder.resolve("classes.jsa"), muster.agent.Main.class, "consul");
        servers = Machines.ofRegistry(words, folder.resolve("one"), 77, 3);
        others = Machines.ofRegistry(words, folder.resolve("two"), 79, 3);
        servers.startAll();
        servers.rehearse();
        others.startAll();
    }

    @AfterAll
    static void end() {
        servers.close();
        others.close();
    }

    /**
     * Plan: two clusters of three servers run, and share the seeds; for each seed servers are killed, ended, stopped and cut off while
     * clients read and write, then all is mended. What clients saw is judged: keys are linearizable, so nothing acknowledged is lost,
     * the lock has one holder, indexes never go back.
     */
    @Test
    void whatClientsSawWasWellUnderEachSchedule() throws Exception {
        List<Report> reports = new ArrayList<>();
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            Future<List<Report>> even = two.submit(() -> reports(servers, 0));
            Future<List<Report>> odd = two.submit(() -> reports(others, 1));
            reports.addAll(even.get());
            reports.addAll(odd.get());
        }
        String lines = reports.stream().map(Report::line).collect(Collectors.joining("\n"));
        assertThat(reports).as(lines).hasSize(SCHEDULES).allMatch(report -> report.count(Report.ANSWERED) > 0);
        assertThat(reports.stream().mapToLong(report -> report.count(Report.HELD)).sum()).as(lines).isPositive();
    }

    /** Each second seed from a first one. */
    private static List<Report> reports(Machines machines, int first) throws InterruptedException {
        List<Report> reports = new ArrayList<>();
        for (int seed = first; seed < SCHEDULES; seed += 2) {
            Report report = new RegistryRun(machines, seed, FAULTS).run();
            assertThat(report.wrong()).as(report.line() + "\n" + report.details()).isEmpty();
            reports.add(report);
        }
        return reports;
    }

    /**
     * Plan: one server is killed, then another cut off, then the one that leads stopped for longer than an agent may be silent: each is
     * critical soon, and passing when it is back; those that were well all the time were never anything else.
     */
    @Test
    void whoIsGoneIsKnownSoonAndWhoIsWellIsNotSuspected() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            awaitAllPassing(http);
            Duration killed = untilCritical(http, 2, new Fault.Kill(2));
            Duration cut = untilCritical(http, 1, new Fault.Cut(Set.of(1)));
            int leader = leader(http);
            Duration stopped = untilCritical(http, leader, new Fault.Freeze(leader));
            assertThat(List.of(killed, cut, stopped)).as("killed, cut off, stopped").allMatch(time -> time.compareTo(SOON) < 0);
        }
    }

    /** How long it took until a server was critical; then all is mended, and must be as if nothing had been with the others. */
    private static Duration untilCritical(HttpClient http, int server, Fault fault) throws Exception {
        int asked = (server + 1) % servers.count();
        List<Health> before = all(http, asked);
        long began = System.nanoTime();
        servers.apply(fault);
        Eventually.passes("s" + server + " is critical after " + fault, SOON,
                () -> assertThat(health(http, asked, server).status()).isEqualTo("critical"));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        servers.mend();
        awaitAllPassing(http);
        List<Health> after = all(http, asked);
        for (int other = 0; other < servers.count(); other++) {
            if (other != server) {
                assertThat(after.get(other)).as("s%d was well while s%d had %s", other, server, fault).isEqualTo(before.get(other));
            }
        }
        return took;
    }

    private static List<Health> all(HttpClient http, int asked) throws IOException, InterruptedException {
        List<Health> all = new ArrayList<>();
        for (int server = 0; server < servers.count(); server++) {
            all.add(health(http, asked, server));
        }
        return all;
    }

    private static void awaitAllPassing(HttpClient http) {
        Eventually.passes("all are passing, seen by all", SOON, () -> {
            for (int asked = 0; asked < servers.count(); asked++) {
                assertThat(all(http, asked)).allMatch(health -> health.status().equals("passing"));
            }
        });
    }

    private static Health health(HttpClient http, int asked, int of) throws IOException, InterruptedException {
        Matcher found = HEALTH.matcher(get(http, asked, "/v1/health/node/s" + of + "?stale"));
        return found.find() ? new Health(found.group(1), Long.parseLong(found.group(2))) : new Health("none", 0);
    }

    private static int leader(HttpClient http) {
        return Eventually.value("a leader", SOON, () -> {
            Matcher found = Pattern.compile("\"Node\":\"s(\\d)\"[^}]*\"Leader\":true").matcher(get(http, 0, "/v1/operator/raft/configuration"));
            return found.find() ? Optional.of(Integer.parseInt(found.group(1))) : Optional.empty();
        });
    }

    private static String get(HttpClient http, int asked, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(servers.http(asked).resolve(path)).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }
}
