package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import muster.raft.MemoryLogGroup;
import muster.registry.client.HealthCheck;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.Deployment;
import muster.testkit.Eventually;
import muster.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server, a real client, real processes; only the registry is a fake. */
@Timeout(60)
class ClientAndServerTest {
    @TempDir
    Path data;
    private final MemoryLogGroup group = new MemoryLogGroup("test");
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"));
    private final FakeRegistry registry = new FakeRegistry();
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        group.start();
        server.start();
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:4646", ClientSettings.Rules.USUAL);
        client = UsualNode.start(settings, server.clients(), registry);
        Eventually.holds("the node is ready", () -> server.state().nodes().get(client.node().id()) != null);
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
        group.close();
        registry.close();
    }

    private void submit(int count, String tag, String argument) {
        Job job = Canonical.server(Canonical.api(Json.read(Job.class, Jobs.quoted("{'ID':'app','Name':'app','Datacenters':['dc1'],"
                + "'Type':'service','TaskGroups':[{'Name':'web','Count':" + count + ",'Update':{'MaxParallel':1,'MinHealthyTime':0},"
                + "'Networks':[{'DynamicPorts':[{'Label':'http'}]}],"
                + "'Services':[{'Name':'app','PortLabel':'http','Tags':['" + tag + "'],'Checks':[{'Name':'up','Type':'tcp',"
                + "'Interval':1000000000,'Timeout':1000000000}]}],'Tasks':[{'Name':'main','Driver':'raw_exec','Config':{"
                + "'command':'/bin/sleep','args':['" + argument + "']},'Resources':{'CPU':20,'MemoryMB':20}}]}]}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8), Json.Unknown.REFUSE)));
        server.writer().write(new Command.RegisterJob(job, new Evaluations(server.writer()).of(job, Evaluations.JOB_REGISTER), false, 0, null));
    }

    private List<Allocation> running() {
        return server.state().allocationsOf("default", "app").stream()
                .filter(a -> a.clientStatus().equals(Allocation.RUNNING) && !a.isServerTerminal()).toList();
    }

    /** The registry's part: every check of a registered service passes. */
    private void passAll() {
        registry.registrations().stream().map(ServiceRegistration::id).forEach(id -> registry.setStatus(id, HealthCheck.Status.PASSING));
    }

    private Deployment newest() {
        return server.state().deployments().values().stream().filter(d -> d.jobId().equals("app"))
                .max(java.util.Comparator.comparingLong(Deployment::createIndex)).orElseThrow();
    }

    private void succeeds(long version) {
        Eventually.holds("deployment of version " + version + " succeeds", () -> {
            passAll();
            return newest().jobVersion() == version && newest().status().equals("successful");
        });
    }

    @Test
    void aJobRunsChangesInPlaceRollsAndEnds() {
        // Two instances come up and their deployment succeeds once their checks pass. New tags change them in place: the
        // same processes under the same ids. New arguments replace them one by one. Stopping leaves nothing.
        submit(2, "one", "600");
        succeeds(0);
        List<String> first = running().stream().map(Allocation::id).sorted().toList();
        assertThat(first).hasSize(2);
        assertThat(registry.registrations()).hasSize(2).allMatch(r -> r.tags().equals(List.of("one")));
        submit(2, "two", "600");
        succeeds(1);
        assertThat(running().stream().map(Allocation::id).sorted().toList()).isEqualTo(first);
        assertThat(registry.registrations()).hasSize(2).allMatch(r -> r.tags().equals(List.of("two")));
        submit(2, "two", "601");
        succeeds(2);
        Eventually.holds("replaced", () -> running().size() == 2 && running().stream().noneMatch(a -> first.contains(a.id()))
                && registry.registrations().size() == 2);
        Job stopped = server.state().job("default", "app").withStop(true);
        server.writer().write(new Command.RegisterJob(stopped, new Evaluations(server.writer()).of(stopped, Evaluations.JOB_DEREGISTER),
                false, 0, null));
        Eventually.holds("all complete", () -> server.state().allocationsOf("default", "app").stream()
                .allMatch(a -> a.clientStatus().equals(Allocation.COMPLETE)));
        assertThat(registry.registrations()).isEmpty();
    }
}
