package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import muster.hcl.Function;
import muster.hcl.function.FileFunctions;
import muster.hcl.function.StandardFunctions;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobFileTest {
    private static final String SMALL = """
            job "small" {
              datacenters = ["dc1"]
              group "g" {
                %s
                task "t" {
                  driver = "raw_exec"
                  %s
                }
              }
            }
            """;

    record Case(String name, String inGroup, String inTask, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> unreadable() {
        return List.of(
                new Case("a misspelt attribute", "", "drivr = 1",
                        "f:7,7-12: Unsupported argument; An argument named \"drivr\" is not expected here."),
                new Case("a misspelt block", "netwrk { }", "",
                        "f:4,5-11: Unsupported block type; Blocks of type \"netwrk\" are not expected here. Did you mean"
                                + " \"network\"?"),
                new Case("text where a number belongs", "count = \"many\"", "",
                        "f:4,14-18: Unsuitable value type; Unsuitable value: a number is required"),
                new Case("a number without unit as text", "shutdown_delay = \"10\"", "",
                        "f:4,23-25: Unsuitable value type; Unsuitable duration value: time: missing unit in duration"
                                + " \"10\""),
                new Case("two blocks where one belongs", "restart { }\nrestart { }", "",
                        "f:5,1-8: Duplicate restart block; Only one restart block is allowed. Another was defined at"
                                + " f:4,5-12."),
                new Case("an unknown variable in a free-form block", "", "config { a = var.nope }",
                        "f:7,23-28: Unsupported attribute; This object does not have an attribute named \"nope\"., and 1"
                                + " other diagnostic(s)"),
                new Case("a file function in text from the network", "", "user = file(\"/etc/passwd\")",
                        "f:7,14-19: Error in function call; Call to function \"file\" failed: filesystem function"
                                + " disabled."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void problemsAreNamedWithTheirPlace(Case given) {
        JobFile.Parsed parsed = parse(String.format(SMALL, given.inGroup, given.inTask), JobVariables.none());
        assertThat(parsed.job()).isEmpty();
        assertThat(parsed.errorText()).isEqualTo(given.expected);
    }

    static List<Case> refused() {
        return List.of(
                new Case("a negative count", "count = -1", "", "Task group count can't be negative"),
                new Case("a port label used twice", "network {\nport \"a\" { }\n}\nnetwork {\nport \"a\" { }\n}", "",
                        "Task group network validation failed: 1 error occurred:\n\t* Port label a already in use by"
                                + " taskgroup network\n\n"),
                new Case("an unknown restart mode", "restart { mode = \"never\" }", "",
                        "1 error occurred:\n\t* Unsupported restart mode: \"never\"\n\n"),
                new Case("a template outside of the task", "", "template {\ndata = \"x\"\ndestination = \"../../../etc/x\"\n}",
                        "Task t validation failed: 1 error occurred:\n\t* Template 1 validation failed: 1 error"
                                + " occurred:\n\t* destination escapes allocation directory\n\n\n\n"),
                new Case("cpu and cores together", "", "resources {\ncpu = 50\ncores = 1\n}",
                        "Task t validation failed: 1 error occurred:\n\t* 1 error occurred:\n\t* Task can only ask for 'cpu'"
                                + " or 'cores' resource, not both.\n\n\n\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void faultsOfAGroupAreListed(Case given) {
        Job job = job(String.format(SMALL, given.inGroup, given.inTask));
        JobValidation.Findings findings = JobValidation.check(Canonical.server(job));
        assertThat(findings.errors()).containsExactly(
                "Task group g validation failed: 1 error occurred:\n\t* " + given.expected + "\n\n");
    }

    @Test
    void whatIsFilledInAtRunTimeStaysText() {
        Job job = job(String.format(SMALL, "", "env {\nA = \"${NOMAD_PORT_http}-${attr.cpu.arch}-${env[\"HOME\"]}-$${x}\"\n}"));
        assertThat(job.taskGroups().getFirst().tasks().getFirst().env())
                .containsEntry("A", "${NOMAD_PORT_http}-${attr.cpu.arch}-${env[\"HOME\"]}-${x}");
    }

    @Test
    void freeFormBlocksAndTablesBecomeLists() {
        Job job = job(String.format(SMALL, "", "config {\nport_map = { http = 1 }\nmount {\nn = 1.5\n}\nmount {\n}\n}"));
        assertThat(Json.text(job.taskGroups().getFirst().tasks().getFirst().config()))
                .isEqualTo("{\"mount\":[{\"n\":1.5},{}],\"port_map\":[{\"http\":1}]}");
    }

    @Test
    void flagsWinOverFilesAndFilesOverTheEnvironment() {
        String text = """
                variable "a" { default = "default" }
                variable "b" { default = "default" }
                variable "c" { default = "default" }
                variable "n" { type = number }
                locals { all = "${var.a} ${var.b} ${var.c} ${var.n + 1}" }
                job "j" {
                  meta { all = local.all }
                }
                """;
        JobVariables variables = new JobVariables(
                JobVariables.fromEnvironment(Map.of("NOMAD_VAR_a", "env", "NOMAD_VAR_b", "env", "OTHER", "x")),
                List.of(new JobVariables.VariableFile("v.hcl", "b = \"file\"\nc = \"file\"\nn = 1\n", "")),
                List.of("c=flag", "n=41"));
        assertThat(parse(text, variables).job().orElseThrow().meta()).containsEntry("all", "env file flag 42");
        assertThat(parse(text, new JobVariables(Map.of(), List.of(), List.of("ghost=1"))).errorText())
                .contains("<nil>: Undefined -var variable; A \"ghost\" variable was passed")
                .contains("<nil>: Unset variable \"n\"; A used variable must be set");
    }

    @Test
    void dynamicBlocksRepeatGroups() {
        Job job = job("""
                job "j" {
                  dynamic "group" {
                    for_each = range(2)
                    labels   = ["g${group.value}"]
                    content {
                      count = group.value + 1
                      task "t" { driver = "raw_exec" }
                    }
                  }
                }
                """);
        assertThat(job.taskGroups()).extracting(TaskGroup::name).containsExactly("g0", "g1");
        assertThat(job.taskGroups()).extracting(TaskGroup::count).containsExactly(1, 2);
    }

    @Test
    void defaultsAreFilledInOnceAndForAll() {
        Job job = Canonical.api(job(String.format(SMALL, "update { canary = 1 }", "")));
        TaskGroup group = job.taskGroups().getFirst();
        assertThat(group.update().canary()).isEqualTo(1);
        assertThat(group.update().maxParallel()).isEqualTo(1);
        assertThat(group.restartPolicy().interval()).isEqualTo(Duration.ofMinutes(30));
        assertThat(group.tasks().getFirst().resources().memoryMB()).isEqualTo(300);
        assertThat(Canonical.api(job)).isEqualTo(job);
        assertThat(Canonical.server(Canonical.server(job))).isEqualTo(Canonical.server(job));
    }

    @Test
    void theFirstVersionKeepsSequencesAndTakesTablesAsSettings() {
        JobFile.Parsed parsed = JobFile.parseFirstVersion("f", """
                job "old" {
                  group "g" { count = "2", meta = { a = "${b}" } }
                }
                """);
        assertThat(parsed.errorText()).isEmpty();
        TaskGroup group = parsed.job().orElseThrow().taskGroups().getFirst();
        assertThat(group.count()).isEqualTo(2);
        assertThat(group.meta()).containsEntry("a", "${b}");
    }

    record Refused(String text, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    static List<Refused> refusedByTheFirstVersion() {
        String check = "group \"g\" { task \"t\" { service { name = \"web\" check { %s } } } }";
        String task = "task \"t\" { %s }";
        return List.of(
                new Refused("group \"g\" { task \"t\" { artifact { bad = 1 } } }", "1 error occurred:\n\t* group: 'g', task: 't', artifact -> invalid key: bad\n\n"),
                new Refused(check.formatted("nterval = 1"), "1 error occurred:\n\t* group: 'g', task: 't', service (0): 'web', check -> invalid key: nterval\n\n"),
                new Refused(check.formatted("header { A = \"b\" }"),
                        "group: 'g', task: 't', service (0): 'web', check -> header -> \"A\" expected a []string but found string"),
                new Refused(check.formatted("header { A = [\"b\", 1] }"),
                        "group: 'g', task: 't', service (0): 'web', check -> header -> \"A\" expected a string but found int"),
                new Refused(task.formatted("resources { network { port \"a-b\" {} } }"), "task: 't', resources -> resource, network, ports -> "
                        + "Port label does not conform to naming requirements ^[a-zA-Z0-9_]+$"),
                new Refused(task.formatted("resources { network { port \"A\" {} port \"a\" {} } }"),
                        "task: 't', resources -> resource, network, ports -> found a port label collision: a"),
                new Refused(task.formatted("resources { network {} network {} }"), "task: 't', resources -> resource, only one 'network' resource allowed"),
                new Refused(task.formatted("vault {} vault {}"), "task: 't', vault -> only one 'vault' block allowed per task"),
                new Refused("group \"g\" { ephemeral_disk {} ephemeral_disk {} }", "group: 'g', ephemeral_disk -> only one 'ephemeral_disk' block allowed"),
                new Refused("group \"g\" { scaling \"x\" { max = 1 } }", "group: scaling -> task group scaling policy should not have a name"),
                new Refused("group \"g\" { scaling { min = 1 } }", "group: scaling -> missing 'max'"),
                new Refused("group \"g\" { scaling { max = 1 policy {} policy {} } }",
                        "group: scaling -> only one 'policy' block allowed per 'scaling' block"),
                new Refused("group \"g\" { scaling { max = 1 type = \"x\" } }", "group: scaling -> task group scaling policy had invalid type: \"x\""),
                new Refused(task.formatted("scaling { max = 1 }"), "task: 't', scaling -> task scaling policy missing name"),
                new Refused(task.formatted("scaling \"cpu\" \"mem\" { max = 1 }"), "task: 't', scaling -> task scaling policy should only have one name"),
                new Refused(task.formatted("scaling \"x\" { max = 1 }"), "task: 't', scaling[x] -> scaling policy name must be \"cpu\" or \"mem\""),
                new Refused(task.formatted("scaling \"cpu\" { max = 1 }\nscaling \"cpu\" { max = 1 }"),
                        "task: 't', scaling[cpu] -> scaling policy cannot be defined more than once"),
                new Refused(task.formatted("scaling \"cpu\" { max = 1 type = \"vertical_mem\" }"),
                        "task: 't', scaling[cpu] -> policy had invalid 'type': \"vertical_mem\""));
    }

    @ParameterizedTest
    @MethodSource("refusedByTheFirstVersion")
    void theFirstVersionTellsByWhichBlocksItCameToAMistake(Refused c) {
        String text = "job \"j\" {\n" + c.text().replaceAll("([{}]) ?", "$1\n").replaceAll("([^{\n ]) ([a-z]+ (=|\\{)|port |})", "$1\n$2") + "\n}\n";

        assertThat(JobFile.parseFirstVersion("f", text).errorText()).as(text).isEqualTo("error parsing 'job': " + c.message());
    }

    @Test
    void theLabelsOfATasksScalingAreLookedAtTwice() {
        String message = "f:4,15-20: Extraneous label for scaling; Only 1 labels (name) are expected for scaling blocks.";

        assertThat(parse("""
                job "j" {
                group "g" {
                task "t" {
                scaling "cpu" "mem" {
                }
                }
                }
                }
                """, JobVariables.none()).errorText()).isEqualTo(message + "\n" + message);
    }

    @Test
    void portsOfTheOldFormAreBlocks() {
        String text = """
                job "j" {
                group "g" {
                network {
                %s
                }
                task "t" {
                }
                }
                }
                """;

        assertThat(parse(text.formatted("reserved_ports = [80]"), JobVariables.none()).errorText()).isEqualTo("f:4,1-15: Unsupported argument; "
                + "An argument named \"reserved_ports\" is not expected here. Did you mean to define a block of type \"reserved_ports\"?");
        assertThat(job(text.formatted("reserved_ports \"web\" {\nstatic = 80\n}")).taskGroups().getFirst().networks().getFirst().reservedPorts())
                .extracting(Port::label).containsExactly("web");
    }

    private static Job job(String text) {
        JobFile.Parsed parsed = parse(text, JobVariables.none());
        assertThat(parsed.errorText()).isEmpty();
        return parsed.job().orElseThrow();
    }

    private static JobFile.Parsed parse(String text, JobVariables variables) {
        Map<String, Function> functions =
                new HashMap<>(StandardFunctions.create(InstantSource.fixed(Instant.EPOCH), new Random(1)));
        functions.putAll(FileFunctions.disabled());
        return JobFile.parse("f", text, variables, functions);
    }
}
