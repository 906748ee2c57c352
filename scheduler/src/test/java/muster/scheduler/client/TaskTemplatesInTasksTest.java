package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import muster.registry.client.testing.FakeRegistry;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.TaskEvent;
import muster.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The template block's attributes, one by one, with real processes over a registry in memory. */
@Timeout(90)
class TaskTemplatesInTasksTest {
    /** Appends a line to {@code local/log} for each start and each HUP. */
    private static final String NOTING = "trap 'echo hup >> local/log' HUP; echo start $LEVEL >> local/log; while true; do sleep 0.05; done";

    @TempDir
    Path data;
    private final FakeServers servers = new FakeServers();
    private final FakeRegistry registry = new FakeRegistry();
    private Client client;

    @BeforeEach
    void begin() throws IOException {
        ClientSettings settings = UsualNode.settings(data.toAbsolutePath(), false, "127.0.0.1:1", ClientSettings.Rules.USUAL);
        client = UsualNode.start(settings, servers, registry);
    }

    @AfterEach
    void end() {
        client.close();
        registry.close();
    }

    private void give(String templates) {
        servers.give(allocation(templates));
    }

    private static Allocation allocation(String templates) {
        return Jobs.allocation(Jobs.ID, Jobs.job("service", "", "{'Name':'main','Driver':'raw_exec','KillTimeout':1000000000,"
                + "'Config':{'command':'/bin/sh','args':['-c','" + NOTING.replace("'", "\\u0027") + "']},'Templates':[" + templates + "]}"), "");
    }

    private static String template(String destination, String text, String more) {
        return "{'DestPath':'" + destination + "','EmbeddedTmpl':'" + text + "','Splay':0" + more + "}";
    }

    private void put(String key, String value) {
        registry.put(key, value.getBytes(StandardCharsets.UTF_8));
    }

    private Path local(String name) {
        return data.resolve("alloc").resolve(Jobs.ID).resolve("main/local").resolve(name);
    }

    private String text(String name) {
        try {
            return Files.exists(local(name)) ? Files.readString(local(name)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<TaskEvent> events() {
        Allocation reported = servers.reported(Jobs.ID);
        return reported == null ? List.of() : reported.taskStates().get("main").events();
    }

    private List<String> messages() {
        return events().stream().map(TaskEvent::displayMessage).toList();
    }

    @Test
    void variablesOfAnEnvTemplateComeNewWithTheRestart() {
        put("level", "low");
        give(template("local/env", "LEVEL={{key `level`}}", ",'Envvars':true"));
        Eventually.holds("started", () -> text("log").equals("start low\n"));
        put("level", "high");
        Eventually.holds("restarted", () -> text("log").equals("start low\nstart high\n"));
        assertThat(messages()).contains("Template with change_mode restart re-rendered");
    }

    @Test
    void severalChangesAtOnceSignalOnce() {
        put("a", "1");
        put("b", "1");
        String signal = ",'ChangeMode':'signal','ChangeSignal':'SIGHUP','Wait':{'Min':300000000,'Max':3000000000}";
        give(template("local/a", "{{key `a`}}", signal) + "," + template("local/b", "{{key `b`}}", signal));
        Eventually.holds("started", () -> text("log").equals("start\n"));
        put("a", "2");
        put("b", "2");
        Eventually.holds("signalled", () -> text("log").equals("start\nhup\n") && text("a").equals("2") && text("b").equals("2"));
        assertThat(servers.reported(Jobs.ID).taskStates().get("main").restarts()).isZero();
    }

    @Test
    void aNewTextAloneIsRenderedBesideTheRunningTaskAndSignalled() {
        String signal = ",'ChangeMode':'signal','ChangeSignal':'SIGHUP'";
        give(template("local/a", "old", signal));
        Eventually.holds("started", () -> text("log").equals("start\n") && text("a").equals("old"));
        servers.give(allocation(template("local/a", "new", signal)));
        Eventually.holds("rendered", () -> text("a").equals("new") && text("log").equals("start\nhup\n"));
        assertThat(servers.reported(Jobs.ID).taskStates().get("main").restarts()).isZero();
    }

    @Test
    void aTemplateThatIsRenderedOnceStaysAsItIs() {
        put("a", "1");
        give(template("local/once", "{{key `a`}}", ",'ChangeMode':'noop','Once':true") + "," + template("local/often", "{{key `a`}}", ",'ChangeMode':'noop'"));
        Eventually.holds("started", () -> text("once").equals("1"));
        put("a", "2");
        Eventually.holds("the other follows", () -> text("often").equals("2"));
        assertThat(text("once")).isEqualTo("1");
    }

    @Test
    void aScriptWantedAfterTheFirstRenderingRunsOnceTheTaskDoes() {
        give(template("local/a", "x", ",'ChangeMode':'script','ChangeScript':{'Command':'/bin/sh','Args':['-c','echo script >> local/log'],"
                + "'Timeout':5000000000,'FailOnError':false,'RunOnFirstRender':true}"));
        Eventually.holds("script", () -> text("log").contains("script") && text("log").contains("start"));
    }

    @Test
    void aMissingEntryIsAnErrorWhereThatIsAskedFor() {
        give(template("local/a", "{{with `{}` | parseJSON}}{{end}}{{(`{\\\"a\\\":1}` | parseJSON).b}}", ",'ErrMissingKey':true"));
        Eventually.holds("failed", () -> messages().stream().anyMatch(text -> text.contains("map has no entry for key")));
    }

    @Test
    void aWaitMayHaveADeadlineWithADefault() {
        give(template("local/a", "[{{key `nowhere`}}]", ",'ChangeMode':'noop','Deadline':200000000,'OnDeadline':'default'"));
        Eventually.holds("started with an empty value", () -> text("a").equals("[]") && text("log").equals("start\n"));
        put("nowhere", "now");
        Eventually.holds("and rendered when it comes", () -> text("a").equals("[now]"));
    }

    @Test
    void aWaitThatIsOverFailsTheTaskByItself() {
        give(template("local/a", "{{key `nowhere`}}", ",'Deadline':200000000"));
        Eventually.holds("failed", () -> messages().stream().anyMatch(text -> text.contains("waited 200ms for kv.block(nowhere)")));
    }

    /** Plan: the first file is taken unseen, since nothing runs; a bad one is refused by the task and told; a good one replaces it. */
    @Test
    void aNewFileIsCheckedByTheRunningTaskBeforeItReplacesTheOld() {
        put("a", "good 1");
        give(template("local/a", "{{key `a`}}", ",'ChangeMode':'signal','ChangeSignal':'SIGHUP',"
                + "'Check':{'Command':'/bin/sh','Args':['-c','echo seen $(cat $0); grep -q good $0','{{file}}']}"));
        Eventually.holds("started", () -> text("log").equals("start\n"));
        put("a", "bad");
        Eventually.holds("refused", () -> messages().stream().anyMatch(text -> text.contains("check: exit code 1: seen bad")));
        assertThat(text("a")).isEqualTo("good 1");
        put("a", "good 2");
        Eventually.holds("replaced", () -> text("a").equals("good 2") && text("log").equals("start\nhup\n"));
    }

    @Test
    void permissionsAreAsAskedFor() throws IOException {
        give(template("local/a", "x", ",'Perms':'0640'"));
        Eventually.holds("started", () -> text("log").equals("start\n"));
        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(local("a")))).isEqualTo("rw-r-----");
    }
}
