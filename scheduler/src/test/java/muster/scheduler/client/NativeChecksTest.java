package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.state.Allocation;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks of services that the scheduler itself lists, beside real tasks and against a real page. */
@Timeout(60)
class NativeChecksTest {
    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private volatile int answer = 503;
    private HttpServer page;
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        page = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page.createContext("/", exchange -> {
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        page.start();
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:1", ClientSettings.Rules.USUAL);
        client = UsualNode.start(settings, servers, registry);
    }

    @AfterEach
    void end() {
        client.close();
        registry.close();
        page.stop(0);
    }

    private static final String MAIN = "{'Name':'main','Driver':'raw_exec','KillTimeout':100000000,"
            + "'Config':{'command':'/bin/sh','args':['-c','sleep 600']}}";

    private void give(String checks) {
        give(checks, MAIN);
    }

    private void give(String checks, String tasks) {
        String group = "'Update':{'HealthCheck':'checks','MinHealthyTime':50000000,'HealthyDeadline':60000000000},"
                + "'Services':[{'Name':'web','Provider':'nomad','PortLabel':'" + page.getAddress().getPort() + "','Checks':[" + checks + "]}],";
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job("service", group, tasks), "'DeploymentID':'dddddddd-0000-0000-0000-000000000000'"));
    }

    private Allocation reported(String what, Predicate<Allocation> condition) {
        Eventually.holds(what, () -> servers.reported(Jobs.ID) != null && condition.test(servers.reported(Jobs.ID)));
        return servers.reported(Jobs.ID);
    }

    private static boolean isHealthy(Allocation allocation) {
        return allocation.deploymentStatus() != null && Boolean.TRUE.equals(allocation.deploymentStatus().healthy());
    }

    private List<NativeCheck.Result> results() {
        return client.allocation(Jobs.ID).map(runner -> List.copyOf(runner.checks().values())).orElse(List.of());
    }

    @Test
    void aDeploymentWaitsForThem() {
        // Plan: the page is not well, the result says how, and the allocation is not healthy; the page is well, and it is; it ends, and
        // nothing is kept of a service that is gone.
        give("{'Name':'up','Type':'http','Path':'/health','Interval':1000000000,'Timeout':1000000000}");
        reported("running", allocation -> allocation.clientStatus().equals(Allocation.RUNNING));
        Eventually.holds("the check ran", () -> results().stream().anyMatch(found -> found.status().equals("failure")));
        NativeCheck.Result bad = results().getFirst();
        assertThat(bad.statusCode()).isEqualTo(503);
        assertThat(bad.output()).contains("503");
        assertThat(List.of(bad.check(), bad.group(), bad.service(), bad.task(), bad.mode())).containsExactly("up", "app.web[3]", "web", "", "healthiness");
        assertThat(isHealthy(servers.reported(Jobs.ID))).isFalse();
        answer = 200;
        reported("healthy", NativeChecksTest::isHealthy);
        Eventually.holds("well", () -> results().getFirst().status().equals("success"));
        assertThat(results().getFirst().output()).isEqualTo("nomad: http ok");
        servers.stop(Jobs.ID);
        reported("ended", Allocation::isClientTerminal);
        assertThat(results()).isEmpty();
    }

    @Test
    void oneThatIsToBeIgnoredHoldsUpNothing() {
        give("{'Name':'ready','Type':'http','Path':'/','OnUpdate':'ignore','Interval':1000000000,'Timeout':1000000000},"
                + "{'Name':'port','Type':'tcp','Interval':1000000000,'Timeout':1000000000}");
        reported("healthy", NativeChecksTest::isHealthy);
        Eventually.holds("both ran", () -> results().stream().map(NativeCheck.Result::status).sorted().toList().equals(List.of("failure", "success")));
        assertThat(results()).extracting(NativeCheck.Result::mode).containsExactlyInAnyOrder("readiness", "healthiness");
    }

    @Test
    void scriptsRunInTheirTask() {
        give("{'Name':'file','Type':'script','TaskName':'main','Command':'/bin/sh','Args':['-c','test -n \\\"$NOMAD_ALLOC_ID\\\"'],"
                + "'Interval':1000000000,'Timeout':1000000000}");
        reported("healthy", NativeChecksTest::isHealthy);
        assertThat(results().getFirst().output()).isEqualTo("nomad: script ok");
    }

    @Test
    void aGroupsCheckThatFailsRestartsAllOfItsTasks() {
        give("{'Name':'up','Type':'http','Path':'/','Interval':1000000000,'Timeout':1000000000,'CheckRestart':{'Limit':1,'Grace':0}}",
                "{'Name':'other','Driver':'raw_exec','KillTimeout':100000000,'Config':{'command':'sleep','args':['600']}}," + MAIN);
        Allocation restarted = reported("both restarted", allocation -> allocation.taskStates().values().stream().allMatch(state ->
                state.events().stream().anyMatch(event -> event.displayMessage().equals("healthcheck: check \"up\" unhealthy"))));
        assertThat(restarted.taskStates()).containsOnlyKeys("main", "other");
    }
}
