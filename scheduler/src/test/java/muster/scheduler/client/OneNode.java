package muster.scheduler.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;
import muster.http.Routes;
import muster.raft.MemoryLogGroup;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.SchedulerServer;
import muster.scheduler.broker.Evaluations;
import muster.scheduler.broker.LeaderSettings;
import muster.scheduler.driver.Drivers;
import muster.scheduler.job.Canonical;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Command;
import muster.scheduler.state.DriverState;
import muster.scheduler.state.TaskEvent;
import muster.scheduler.state.TaskState;
import muster.testkit.Eventually;
import muster.wire.Json;

/** A server and a client with real drivers in one process, and one job {@code app} with a group {@code web}. */
final class OneNode implements AutoCloseable {
    private final MemoryLogGroup group = new MemoryLogGroup("test");
    private final SchedulerServer server = SchedulerServer.attach(group, LeaderSettings.defaults(2), InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"));
    private final FakeRegistry registry = new FakeRegistry();
    private final Path data;
    private final Drivers drivers;
    private final Client client;

    /** Starts both; all drivers were looked at when this returns. */
    OneNode(Path data, Drivers drivers, ClientSettings.Rules rules) throws IOException {
        this.data = data.toAbsolutePath();
        this.drivers = drivers;
        group.start();
        server.start();
        ClientSettings settings = UsualNode.settings(this.data, false, "127.0.0.1:4646", rules);
        client = Client.start(settings, server.clients(), registry, drivers, InstantSource.system(), new SplittableRandom(1),
                () -> UUID.randomUUID().toString());
        Eventually.holds("the drivers were looked at", () -> server.state().nodes().get(client.node().id()) != null
                && server.state().nodes().get(client.node().id()).drivers().values().stream()
                        .noneMatch(state -> state.healthDescription().equals("not looked at yet")));
    }

    @Override
    public void close() throws IOException {
        client.close();
        drivers.close();
        server.close();
        group.close();
        registry.close();
        try (var links = Files.find(data, 8, (path, attributes) -> attributes.isSymbolicLink())) {
            // They lead out of the folder, which its removal would complain of.
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
    }

    /** The node's own answers to {@code /v1/client/...}. */
    Routes routes() {
        return ClientRoutes.of(client);
    }

    /** What the servers know to be said of the node. */
    Map<String, String> meta() {
        return server.state().nodes().get(client.node().id()).meta();
    }

    DriverState driver(String name) {
        return server.state().nodes().get(client.node().id()).drivers().get(name);
    }

    /** A job with one task {@code main}; single quotes stand for double ones. */
    void submit(String type, String driver, String config, String more) {
        submit(type, task("main", driver, config, more));
    }

    static String task(String name, String driver, String config, String more) {
        return "{'Name':'" + name + "','Driver':'" + driver + "','KillTimeout':2000000000,'Config':" + config
                + ",'Resources':{'CPU':50,'MemoryMB':64}" + more + "}";
    }

    /** A job with these tasks. */
    void submit(String type, String tasks) {
        Job job = Canonical.server(Canonical.api(Json.read(Job.class, Jobs.quoted("{'ID':'app','Name':'app','Datacenters':['dc1'],"
                + "'Type':'" + type + "','TaskGroups':[{'Name':'web','Count':1,'EphemeralDisk':{'SizeMB':1},"
                + "'RestartPolicy':{'Attempts':0,'Mode':'fail'},"
                + "'ReschedulePolicy':{'Attempts':0,'Unlimited':false},"
                + "'Tasks':[" + tasks + "]}]}").getBytes(StandardCharsets.UTF_8), Json.Unknown.REFUSE)));
        server.writer().write(new Command.RegisterJob(job, new Evaluations(server.writer()).of(job, Evaluations.JOB_REGISTER), false, 0, null));
    }

    void stop() {
        Job stopped = server.state().job("default", "app").withStop(true);
        server.writer().write(new Command.RegisterJob(stopped, new Evaluations(server.writer()).of(stopped, Evaluations.JOB_DEREGISTER),
                false, 0, null));
    }

    Allocation allocation() {
        List<Allocation> all = server.state().allocationsOf("default", "app");
        return all.isEmpty() ? null : all.getFirst();
    }

    void becomes(String status) {
        Eventually.holds("the allocation is " + status, () -> allocation() != null && allocation().clientStatus().equals(status));
    }

    TaskState task(String name) {
        return allocation().taskStates().get(name);
    }

    /** What was said of a task, as {@code TYPE: message}. */
    List<String> events(String name) {
        return task(name).events().stream().map(OneNode::shown).toList();
    }

    private static String shown(TaskEvent event) {
        return event.type() + ": " + event.displayMessage();
    }

    Path folder() {
        return data.resolve("alloc").resolve(allocation().id());
    }

    String log(String stream) throws IOException {
        return Files.readString(folder().resolve("alloc/logs/main." + stream + ".0"));
    }
}
