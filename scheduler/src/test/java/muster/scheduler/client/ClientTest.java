package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import muster.registry.client.HealthCheck;
import muster.registry.client.Query;
import muster.registry.client.ServiceInstance;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.driver.Drivers;
import muster.scheduler.driver.MockDriver;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.DesiredTransition;
import muster.scheduler.state.TaskState;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClientTest {
    private static final String SERVICE = "'Services':[{'Name':'app','PortLabel':'http','AddressMode':'auto','Tags':['live'],"
            + "'CanaryTags':['canary'],'Checks':[{'Name':'up','Type':'tcp','Interval':1000000000,'Timeout':1000000000}]}],";
    private static final String ONE_TASK = "{'Name':'main','Driver':'mock_driver','Config':{}}";

    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private final MockDriver driver = new MockDriver();
    private final FakeTemplates templates = new FakeTemplates();
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        client = client(false);
    }

    private Client client(boolean keepState) throws IOException {
        ClientSettings settings = new ClientSettings("node-1", "dc1", "global", "", "1.1.2", Map.of(), data.toAbsolutePath(), keepState,
                "lo", "127.0.0.1", OwnApi.plain("127.0.0.1:4646"), "127.0.0.1:8500", Map.of(), Map.of("PATH", "/usr/bin:/bin"),
                ClientSettings.Capacity.FOUND, ClientSettings.Rules.USUAL);
        AtomicInteger ids = new AtomicInteger();
        return Client.start(settings, servers, registry, new Drivers(List.of(driver)), templates, InstantSource.system(),
                new SplittableRandom(1), () -> "00000000-0000-4000-8000-00000000000" + ids.incrementAndGet());
    }

    @AfterEach
    void end() {
        client.close();
        registry.close();
    }

    private Allocation give(String type, String group, String tasks) {
        Allocation allocation = Jobs.allocation(Jobs.ID, Jobs.job(type, group, tasks), "");
        servers.give(allocation);
        return allocation;
    }

    private Allocation reported(String what, Predicate<Allocation> condition) {
        return reported(Jobs.ID, what, condition);
    }

    private Allocation reported(String id, String what, Predicate<Allocation> condition) {
        Eventually.holds(what, () -> servers.reported(id) != null && condition.test(servers.reported(id)));
        return servers.reported(id);
    }

    private static boolean isRunning(Allocation allocation) {
        return allocation.clientStatus().equals(Allocation.RUNNING);
    }

    private MockDriver.Handle handle(String id, String task) {
        return driver.handles.get(data.toAbsolutePath().resolve("alloc").resolve(id).resolve(task));
    }

    private List<ServiceInstance> instances(String service) {
        return registry.read(new Query.CatalogService(service, List.of(), "", Query.Scope.LOCAL)).value();
    }

    @Test
    void registersItsNodeWithWhatItHas() {
        Eventually.holds("registered", () -> !servers.registered.isEmpty());
        assertThat(servers.registered.getFirst().status()).isEqualTo("ready");
        assertThat(servers.registered.getFirst().attributes())
                .containsEntry("driver.mock_driver", "1").containsEntry("kernel.name", "linux")
                .containsEntry("unique.network.ip-address", "127.0.0.1").containsEntry("consul.datacenter", "dc1");
        assertThat(servers.registered.getFirst().nodeResources().cpu().cpuShares()).isPositive();
    }

    @Test
    void runsAnAllocationAndTakesItOut() {
        // Give it a service allocation: it runs, its group's service is registered. Stop it: the service is gone, the task
        // got its signal and the allocation is complete.
        give("service", SERVICE, ONE_TASK);
        Allocation running = reported("running", ClientTest::isRunning);
        assertThat(running.clientDescription()).isEqualTo("Tasks are running");
        assertThat(running.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .containsExactly("Task received by client", "Building Task Directory", "Task started by client");
        Eventually.holds("registered", () -> instances("app").size() == 1);
        ServiceInstance instance = instances("app").getFirst();
        assertThat(instance.id()).isEqualTo("_nomad-task-" + Jobs.ID + "-group-web-app-http");
        assertThat(instance.address()).isEqualTo("127.0.0.1");
        assertThat(instance.port()).isEqualTo(20001);
        assertThat(instance.tags()).containsExactly("live");
        assertThat(instance.meta()).containsEntry("external-source", "nomad");
        servers.stop(Jobs.ID);
        Allocation complete = reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(instances("app")).isEmpty();
        assertThat(complete.taskStates().get("main").events().getLast().displayMessage()).isEqualTo("Task successfully killed");
    }

    @Test
    void tellsTheTaskWhereItIs() {
        give("service", "", "{'Name':'main','Driver':'mock_driver','Config':{'kill_after':'${NOMAD_PORT_http}'},"
                + "'Env':{'MINE':'p=${NOMAD_PORT_http} d=${node.datacenter} n=${meta.nope}'},'Meta':{'owner':'task'}}");
        reported("running", ClientTest::isRunning);
        Map<String, String> environment = driver.launches.getFirst().environment();
        String root = data.toAbsolutePath() + "/alloc/" + Jobs.ID;
        assertThat(driver.launches.getFirst().config()).containsEntry("kill_after", "20001");
        assertThat(environment).containsEntry("MINE", "p=20001 d=dc1 n=${meta.nope}").containsEntry("NOMAD_ALLOC_INDEX", "3")
                .containsEntry("NOMAD_ADDR_http", "127.0.0.1:20001").containsEntry("NOMAD_ALLOC_PORT_http", "20001")
                .containsEntry("NOMAD_META_owner", "task").containsEntry("NOMAD_META_DASH_KEY", "x")
                .containsEntry("NOMAD_CPU_LIMIT", "20").containsEntry("NOMAD_MEMORY_LIMIT", "30")
                .containsEntry("NOMAD_TASK_DIR", root + "/main/local").containsEntry("NOMAD_ALLOC_DIR", root + "/alloc")
                .containsEntry("CONSUL_HTTP_ADDR", "127.0.0.1:8500").containsEntry("PATH", "/usr/bin:/bin");
    }

    @Test
    void anInPlaceUpdateRegistersAnewAndLeavesTheTaskAlone() {
        Allocation first = give("service", SERVICE, ONE_TASK);
        reported("running", ClientTest::isRunning);
        Eventually.holds("registered", () -> instances("app").size() == 1);
        String checkId = registry.registrations().getFirst().checks().getFirst().id();
        servers.give(first.withJob(Jobs.job("service", SERVICE.replace("'live'", "'new'"), ONE_TASK)));
        Eventually.holds("new tags", () -> instances("app").getFirst().tags().equals(List.of("new")));
        assertThat(registry.registrations()).hasSize(1);
        assertThat(registry.registrations().getFirst().checks().getFirst().id()).isEqualTo(checkId);
        assertThat(driver.launches).hasSize(1);
    }

    @Test
    void aDestructiveUpdateWaitsForItsPredecessor() {
        // The first ignores its interrupt until told to end: so long the second, which replaces it, is not started.
        String second = Jobs.ID.replace('1', '9');
        give("service", SERVICE, "{'Name':'main','Driver':'mock_driver','KillTimeout':30000000000,'Config':{'kill_after':'never'}}");
        reported("running", ClientTest::isRunning);
        servers.stop(Jobs.ID);
        servers.give(Jobs.allocation(second, Jobs.job("service", SERVICE, ONE_TASK), "'PreviousAllocation':'" + Jobs.ID + "'"));
        reported(second, "received", a -> !a.taskStates().isEmpty());
        Eventually.holds("interrupted", () -> handle(Jobs.ID, "main").signals.size() == 1);
        assertThat(driver.launches).hasSize(1);
        handle(Jobs.ID, "main").exit(0);
        reported(second, "running", ClientTest::isRunning);
        Eventually.holds("registered under the second's id", () -> registry.registrations().size() == 1
                && registry.registrations().getFirst().id().contains(second));
    }

    @Test
    void aTemplateHoldsTheStartAndLaterRestartsTheTask() {
        // Missing data shows as an event and holds the start; data starts it; new data restarts it without opening the
        // templates again, at once and without using up an attempt.
        give("service", "", "{'Name':'main','Driver':'mock_driver','Config':{},'RestartPolicy':{'Attempts':0,'Mode':'fail',"
                + "'Delay':15000000000,'Interval':60000000000},'Templates':[{'DestPath':'local/x','EmbeddedTmpl':'y'}]}");
        Eventually.holds("opened", () -> templates.open.containsKey("main"));
        templates.open.get("main").missing(List.of("kv.block(app/config)"));
        Allocation pending = reported("missing", a -> a.taskStates().get("main").events().getLast().type().equals("Template"));
        assertThat(pending.clientStatus()).isEqualTo(Allocation.PENDING);
        assertThat(pending.taskStates().get("main").events().getLast().displayMessage()).isEqualTo("Missing: kv.block(app/config)");
        templates.open.get("main").rendered(Map.of("LEVEL", "debug"));
        reported("running", ClientTest::isRunning);
        assertThat(driver.launches.getFirst().environment()).containsEntry("LEVEL", "debug");
        templates.open.get("main").changed(new Templating.Reaction(true, Set.of(), List.of()), Map.of("LEVEL", "info"));
        Allocation again = reported("restarted", a -> isRunning(a) && a.taskStates().get("main").restarts() == 1);
        assertThat(again.taskStates().get("main").events().stream().map(e -> e.type()))
                .containsSubsequence("Restart Signaled", "Terminated", "Restarting", "Started");
        assertThat(driver.launches.getLast().environment()).containsEntry("LEVEL", "info");
        assertThat(templates.opened).containsEntry("main", 1);
        templates.open.get("main").changed(new Templating.Reaction(false, Set.of("SIGHUP"), List.of()), Map.of());
        Eventually.holds("signalled", () -> handle(Jobs.ID, "main").signals.stream().anyMatch(s -> s.name().equals("SIGHUP")));
    }

    @Test
    void lifecycleTasksTakeTheirTurns() {
        // init ends before main and side start; after starts once main runs; post runs once main is dead.
        give("service", "", "{'Name':'init','Driver':'mock_driver','Lifecycle':{'Hook':'prestart'}},"
                + "{'Name':'side','Driver':'mock_driver','Lifecycle':{'Hook':'prestart','Sidecar':true}},"
                + "{'Name':'after','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'poststart'}},"
                + "{'Name':'post','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'poststop'}}," + ONE_TASK);
        reported("init and side run", a -> state(a, "init").equals("running") && state(a, "side").equals("running"));
        assertThat(driver.launches).extracting(l -> l.name()).containsExactlyInAnyOrder("init", "side");
        handle(Jobs.ID, "init").exit(0);
        Allocation running = reported("after has ended", a -> state(a, "main").equals("running") && state(a, "after").equals("dead"));
        assertThat(state(running, "post")).isEqualTo("pending");
        assertThat(running.taskStates().get("init").failed()).isFalse();
        servers.stop(Jobs.ID);
        Allocation complete = reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(complete.taskStates().values()).allMatch(s -> s.state().equals("dead") && !s.failed());
        assertThat(driver.launches.getLast().name()).isEqualTo("post");
    }

    @Test
    void anAllocationMayBeToldToEndWithoutItsDelays() {
        // Plan: group and task have delays of an hour; told to leave them out, it ends.
        give("service", "'ShutdownDelay':3600000000000,", "{'Name':'main','Driver':'mock_driver','ShutdownDelay':3600000000000,'Config':{}}");
        Allocation running = reported("running", ClientTest::isRunning);
        servers.give(running.withDesiredStatus(Allocation.STOP).withDesiredTransition(DesiredTransition.HURRIED));
        reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(handle(Jobs.ID, "main").ended()).isTrue();
    }

    @Test
    void theServersNeverSeeARestartAsAnEnd() {
        // Plan: what the servers are told while all tasks begin anew is looked at report by report.
        give("batch", "", "{'Name':'init','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'prestart'}}," + ONE_TASK);
        reported("set up", a -> state(a, "main").equals("running"));
        servers.reports.clear();
        client.allocation(Jobs.ID).orElseThrow().restartAll("again");
        reported("again", a -> a.taskStates().get("main").restarts() == 1 && state(a, "main").equals("running"));
        assertThat(servers.reports).isNotEmpty().noneMatch(Allocation::isClientTerminal)
                .noneMatch(a -> state(a, "main").equals("dead"));
    }

    @Test
    void aRestartOfAllBeginsAnewWithThoseThatHaveEnded() {
        // Plan: init and after have ended and main runs, its group registered; restarted, all three begin again in their order, each with its
        // history, and only the end of the allocation brings post.
        give("service", SERVICE, "{'Name':'init','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'prestart'}},"
                + "{'Name':'after','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'poststart'}},"
                + "{'Name':'post','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'poststop'}}," + ONE_TASK);
        reported("set up", a -> state(a, "main").equals("running") && state(a, "after").equals("dead"));
        Eventually.holds("registered", () -> instances("app").size() == 1);
        MockDriver.Handle first = handle(Jobs.ID, "main");
        assertThat(client.allocation(Jobs.ID).orElseThrow().restartAll("User requested all tasks to restart")).isTrue();
        Allocation again = reported("again", a -> driver.launches.size() == 6 && state(a, "main").equals("running") && state(a, "after").equals("dead"));
        assertThat(first.ended()).isTrue();
        assertThat(driver.launches).extracting(l -> l.name()).containsExactly("init", "main", "after", "init", "main", "after");
        assertThat(instances("app")).hasSize(1);
        assertThat(again.clientStatus()).isEqualTo(Allocation.RUNNING);
        assertThat(again.taskStates().get("main").restarts()).isEqualTo(1);
        assertThat(again.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .contains("User requested all tasks to restart", "Task started by client");
        assertThat(state(again, "post")).isEqualTo("pending");
        servers.stop(Jobs.ID);
        reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(driver.launches.getLast().name()).isEqualTo("post");
        assertThat(client.allocation(Jobs.ID).orElseThrow().restartAll("too late")).isFalse();
    }

    private static String state(Allocation allocation, String task) {
        TaskState state = allocation.taskStates().get(task);
        return state == null ? "" : state.state();
    }

    @Test
    void aFailedTaskEndsItsSiblings() {
        give("batch", "", "{'Name':'bad','Driver':'mock_driver','Config':{'start_error':'no such thing'}}," + ONE_TASK);
        Allocation failed = reported("failed", a -> a.clientStatus().equals(Allocation.FAILED) && state(a, "main").equals("dead"));
        assertThat(failed.clientDescription()).isEqualTo("Failed tasks");
        assertThat(failed.taskStates().get("bad").events().stream().map(e -> e.displayMessage()))
                .contains("no such thing", "Error was unrecoverable");
        assertThat(failed.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .contains("Task's sibling \"bad\" failed");
    }

    @Test
    void theLeadersEndEndsTheOthers() {
        give("batch", "", "{'Name':'boss','Driver':'mock_driver','Leader':true,'Config':{}}," + ONE_TASK);
        reported("both run", a -> state(a, "boss").equals("running") && state(a, "main").equals("running"));
        handle(Jobs.ID, "boss").exit(0);
        Allocation complete = reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(complete.taskStates().get("main").events().stream().map(e -> e.type())).contains("Leader Task Dead");
    }

    @Test
    void namesAKeyThatTheDriverDoesNotKnow() {
        give("batch", "", "{'Name':'main','Driver':'mock_driver','Config':{'bogus':1},'RestartPolicy':{'Attempts':0,'Mode':'fail'}}");
        Allocation failed = reported("failed", a -> a.clientStatus().equals(Allocation.FAILED));
        assertThat(failed.taskStates().get("main").events().stream().map(e -> e.displayMessage()).toList()).containsExactly(
                "Task received by client", "Building Task Directory",
                "2 errors occurred:\n\t* failed to parse config: \n\t* Invalid label: No argument or block type is named \"bogus\".\n\n",
                "Policy allows no restarts");
    }

    @Test
    void aDeploymentsAllocationIsHealthyWhenItsChecksPass() {
        String update = "'Update':{'HealthCheck':'checks','MinHealthyTime':0,'HealthyDeadline':300000000000},";
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job("service", update + SERVICE, ONE_TASK), "'DeploymentID':'d1'"));
        reported("running", ClientTest::isRunning);
        Eventually.holds("registered", () -> !instances("app").isEmpty());
        assertThat(servers.reported(Jobs.ID).deploymentStatus()).isNull();
        String service = instances("app").getFirst().id();
        registry.setStatus(service, HealthCheck.Status.PASSING);
        reported("healthy", Allocation::isHealthy);
    }

    @Test
    void aTaskThatFailsMakesItsDeploymentsAllocationUnhealthy() {
        String update = "'Update':{'HealthCheck':'task_states','MinHealthyTime':0,'HealthyDeadline':300000000000},";
        servers.give(Jobs.allocation(Jobs.ID, Jobs.job("service", update,
                "{'Name':'main','Driver':'mock_driver','Config':{'start_error':'x'}}"), "'DeploymentID':'d1'"));
        reported("unhealthy", Allocation::isUnhealthy);
    }

    @Test
    void aCheckThatKeepsFailingRestartsItsTask() {
        give("service", "", "{'Name':'main','Driver':'mock_driver','Config':{},'RestartPolicy':{'Attempts':5,'Delay':1,"
                + "'Interval':60000000000,'Mode':'fail'},'Services':[{'Name':'app','PortLabel':'http','AddressMode':'auto','Checks':[{"
                + "'Name':'never','Type':'tcp','Interval':1000000,'Timeout':1000000,'CheckRestart':{'Limit':2,'Grace':1000000}}]}]}");
        Allocation again = reported("restarted", a -> a.taskStates().get("main").restarts() >= 1);
        assertThat(again.taskStates().get("main").events().stream().map(e -> e.displayMessage()))
                .contains("healthcheck: check \"never\" unhealthy");
    }

    @Test
    void keepsTheFilesOfWhatEndedUntilItIsToldToForgetIt() {
        give("batch", "", "{'Name':'main','Driver':'mock_driver','Config':{'run_for':'1ms'}}");
        reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        Path folder = data.resolve("alloc").resolve(Jobs.ID);
        assertThat(folder.resolve("main/local")).isDirectory();
        assertThat(folder.resolve("main/secrets/.nomad-mount")).exists();
        servers.forget(Jobs.ID);
        Eventually.holds("gone", () -> !Files.exists(folder) && client.allocation(Jobs.ID).isEmpty());
    }

    @Test
    void leavesNothingBehindWhenItEnds() {
        give("service", SERVICE, ONE_TASK);
        reported("running", ClientTest::isRunning);
        Eventually.holds("registered", () -> !instances("app").isEmpty());
        client.close();
        assertThat(handle(Jobs.ID, "main").ended()).isTrue();
        assertThat(instances("app")).isEmpty();
    }

    @Test
    void aClientThatKeepsStateGoesOnWhereItsPredecessorEnded() throws IOException {
        client.close();
        client = client(true);
        give("service", SERVICE, ONE_TASK);
        reported("running", ClientTest::isRunning);
        Eventually.holds("kept", () -> Files.exists(data.resolve("client/allocations/" + Jobs.ID + ".json"))
                && Files.readString(data.resolve("client/allocations/" + Jobs.ID + ".json")).contains("\"running\""));
        client.close();
        assertThat(handle(Jobs.ID, "main").ended()).isFalse();
        client = client(true);
        assertThat(driver.launches).hasSize(1);
        servers.stop(Jobs.ID);
        reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(handle(Jobs.ID, "main").ended()).isTrue();
    }

    @Test
    void whatWasOverStaysOverWhenAnotherAgentGoesOn() throws IOException {
        // Plan: init is over and one of two mains has ended well; the agent is replaced. Neither runs again, the other main is taken over, and
        // with its end the allocation is complete, its history whole.
        client.close();
        client = client(true);
        give("batch", "", "{'Name':'init','Driver':'mock_driver','Config':{'run_for':'1ms'},'Lifecycle':{'Hook':'prestart'}},"
                + "{'Name':'short','Driver':'mock_driver','Config':{'run_for':'1ms'}}," + ONE_TASK);
        reported("main is left", a -> state(a, "main").equals("running") && state(a, "short").equals("dead"));
        Eventually.holds("kept", () -> Files.readString(data.resolve("client/allocations/" + Jobs.ID + ".json")).split("\"dead\"").length == 3);
        client.close();
        client = client(true);
        handle(Jobs.ID, "main").exit(0);
        Allocation complete = reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
        assertThat(driver.launches).extracting(l -> l.name()).containsExactlyInAnyOrder("init", "short", "main");
        assertThat(complete.taskStates().get("short").events().getFirst().displayMessage()).isEqualTo("Task received by client");
        assertThat(complete.taskStates().get("short").startedAt()).isNotNull();
    }

    @Test
    void aTaskThatIsGoneBeginsAnewWithItsHistory() throws IOException {
        client.close();
        client = client(true);
        give("service", "", ONE_TASK);
        reported("running", ClientTest::isRunning);
        Eventually.holds("kept", () -> Files.exists(data.resolve("client/allocations/" + Jobs.ID + ".json"))
                && Files.readString(data.resolve("client/allocations/" + Jobs.ID + ".json")).contains("\"running\""));
        client.close();
        driver.handles.clear();
        client = client(true);
        Allocation again = reported("started again", a -> isRunning(a) && driver.launches.size() == 2
                && a.taskStates().get("main").events().stream().filter(e -> e.type().equals("Started")).count() == 2);
        assertThat(again.taskStates().get("main").events().getFirst().type()).isEqualTo("Received");
    }

    @Test
    void anAllocationMayHaveToEndWhenNoServerAnswers() {
        // Plan: two allocations, one of which says so; the servers fall silent, and that one ends while the other runs on.
        String other = "99999999-2222-3333-4444-555555555555";
        give("service", "'StopAfterClientDisconnect':1000000000,", ONE_TASK);
        servers.give(Jobs.allocation(other, Jobs.job("service", "", ONE_TASK), ""));
        reported("running", ClientTest::isRunning);
        reported(other, "running too", ClientTest::isRunning);
        servers.silent = true;
        Eventually.holds("ended", () -> handle(Jobs.ID, "main").ended());
        assertThat(handle(other, "main").ended()).isFalse();
        servers.silent = false;
        reported("complete", a -> a.clientStatus().equals(Allocation.COMPLETE));
    }
}
