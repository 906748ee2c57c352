package muster.scheduler.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import muster.scheduler.job.Job;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobDifferenceTest {
    /** The job before and after; {@code |} parts what stands in the job, in its group and in its task. */
    record Case(String name, String before, String after, String lines) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("a job's number is edited", "priority = 50||", "priority = 60||", "~Priority 50>60"),
                new Case("an entry of a map is added", "||", "meta { owner = \"ann\" }||", "+Meta[owner] >ann"),
                new Case("an entry of a map goes with the map", "||env { A = \"1\" }", "||", """
                        ~group web
                          ~task serve
                            -Env[A] 1>"""),
                new Case("a datacenter more is an addition", "||", "datacenters = [\"dc1\", \"dc2\"]||", """
                        +Datacenters
                          +Datacenters >dc2"""),
                new Case("a datacenter for another is an edit", "||", "datacenters = [\"dc2\"]||", """
                        ~Datacenters
                          +Datacenters >dc2
                          -Datacenters dc1>"""),
                new Case("a group's count is edited", "|count = 1|", "|count = 3|", """
                        ~group web
                          ~Count 1>3"""),
                new Case("a constraint for another is one out and one in",
                        "constraint {\n attribute = \"${attr.kernel.name}\"\n value = \"linux\"\n}||",
                        "constraint {\n attribute = \"${attr.kernel.name}\"\n value = \"darwin\"\n}||", """
                        +Constraint
                          +LTarget >${attr.kernel.name}
                          +Operand >=
                          +RTarget >darwin
                        -Constraint
                          -LTarget ${attr.kernel.name}>
                          -Operand =>
                          -RTarget linux>"""),
                new Case("a template is edited in place by where it goes",
                        "||template {\n data = \"a\"\n destination = \"local/x\"\n}",
                        "||template {\n data = \"b\"\n destination = \"local/x\"\n}", """
                        ~group web
                          ~task serve
                            ~Template
                              ~EmbeddedTmpl a>b"""),
                new Case("an item of free configuration is named by its place",
                        "||config {\n command = \"serve\"\n args = [\"-v\", \"a\"]\n}",
                        "||config {\n command = \"serve\"\n args = [\"-v\", \"b\"]\n}", """
                        ~group web
                          ~task serve
                            ~Config
                              ~args[1] a>b"""),
                new Case("a network shows its host name even when none was given", "||", "|network {\n port \"http\" { static = 80 }\n}|", """
                        ~group web
                          +Network
                            +MBits >0
                            +Static Port
                              +HostNetwork >default
                              +Label >http
                              +To >0
                              +Value >80"""),
                new Case("a service's tags are a set inside the service",
                        "|service {\n name = \"s\"\n tags = [\"a\", \"b\"]\n}|", "|service {\n name = \"s\"\n tags = [\"b\", \"c\"]\n}|", """
                        ~group web
                          ~Service
                            ~Tags
                              +Tags >c
                              -Tags a>"""),
                new Case("a check is compared inside its service",
                        "|network {\n port \"p\" {}\n}\nservice {\n name = \"s\"\n port = \"p\"\n check {\n type = \"tcp\"\n interval = \"10s\"\n timeout = \"1s\"\n}\n}|",
                        "|network {\n port \"p\" {}\n}\nservice {\n name = \"s\"\n port = \"p\"\n check {\n type = \"tcp\"\n interval = \"20s\"\n timeout = \"1s\"\n}\n}|", """
                        ~group web
                          ~Service
                            ~Check
                              ~Interval 10000000000>20000000000"""));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void listsWhatChanged(Case c) {
        JobDiff diff = JobDifference.of(of(c.before), of(c.after), false);

        assertThat(Jobs.lines(diff)).isEqualTo(c.lines.lines().toList());
        assertThat(diff.type()).isEqualTo(DiffType.EDITED);
    }

    /** The sample job with the text of its levels; datacenters and configuration of the text replace the sample's. */
    private static Job of(String levels) {
        String[] parts = levels.split("\\|", -1);
        return Jobs.parsed("""
                job "shop" {
                  %s
                  %s
                  group "web" {
                    %s
                    task "serve" {
                      driver = "raw_exec"
                      %s
                      %s
                    }
                  }
                }
                """.formatted(parts[0].contains("datacenters") ? "" : "datacenters = [\"dc1\"]", parts[0], parts[1],
                parts[2].contains("config") ? "" : "config { command = \"serve\" }", parts[2]));
    }

    @Test
    void aChangedBlockListsWhatStayedWhenContextIsWanted() {
        JobDiff diff = JobDifference.of(of("||resources { cpu = 100 }"), of("||resources { cpu = 200 }"), true);

        assertThat(Jobs.lines(diff)).containsExactly(
                "~group web",
                "  ~task serve",
                "    ~Resources",
                "      ~CPU 100>200",
                "       Cores 0>0",
                "       DiskMB 0>0",
                "       IOPS 0>0",
                "       MemoryMB 300>300",
                "       MemoryMaxMB 0>0");
    }

    @Test
    void aJobThatIsNewIsAddedWithAllItHolds() {
        JobDiff diff = JobDifference.of(null, of("||"), true);

        assertThat(diff.type()).isEqualTo(DiffType.ADDED);
        assertThat(Jobs.lines(diff)).contains("+Type >service", "+group web", "  +Count >1", "  +task serve", "    +Driver >raw_exec");
    }

    @Test
    void groupsAndTasksAreMatchedByName() {
        Job before = Jobs.parsed("""
                job "shop" {
                  datacenters = ["dc1"]
                  group "old" {
                    task "t" { driver = "raw_exec" }
                  }
                  group "kept" {
                    task "gone" { driver = "raw_exec" }
                    task "stays" { driver = "raw_exec" }
                  }
                }
                """);
        Job after = Jobs.parsed("""
                job "shop" {
                  datacenters = ["dc1"]
                  group "kept" {
                    task "stays" { driver = "raw_exec" }
                    task "comes" { driver = "raw_exec" }
                  }
                  group "new" {
                    task "t" { driver = "raw_exec" }
                  }
                }
                """);

        assertThat(Jobs.lines(JobDifference.of(before, after, false)).stream().filter(line -> line.matches(".*[+~-](group|task) .*")))
                .containsExactly("~group kept", "  +task comes", "  -task gone", "+group new", "  +task t", "-group old", "  -task t");
    }
}
