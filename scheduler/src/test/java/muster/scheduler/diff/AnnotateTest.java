package muster.scheduler.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnnotateTest {
    record Case(String name, String groupBefore, String taskBefore, String groupAfter, String taskAfter, String line) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("more of a group forces starts", "count = 1", "", "count = 2", "", "  ~Count 1>2 [forces create]"),
                new Case("less of a group forces stops", "count = 2", "", "count = 1", "", "  ~Count 2>1 [forces destroy]"),
                new Case("another environment replaces", "", "", "", "env { A = \"1\" }", "  ~task serve [forces create/destroy update]"),
                new Case("another kill timeout is taken over in place", "", "", "", "kill_timeout = \"9s\"",
                        "  ~task serve [forces in-place update]"),
                new Case("other log settings are taken over in place", "", "", "", "logs { max_files = 3 }",
                        "  ~task serve [forces in-place update]"),
                new Case("other resources replace", "", "", "", "resources { cpu = 9 }", "  ~task serve [forces create/destroy update]"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatAChangeForces(Case c) {
        JobDiff diff = JobDifference.of(Jobs.job("", c.groupBefore, c.taskBefore), Jobs.job("", c.groupAfter, c.taskAfter), true);

        assertThat(Jobs.lines(Annotate.plan(diff, Map.of()))).contains(c.line);
    }

    @Test
    void countsOfAGroupAreWordsAndZeroesAreLeftOut() {
        JobDiff diff = JobDifference.of(Jobs.job("", "count = 1", ""), Jobs.job("", "count = 3", ""), true);

        JobDiff annotated = Annotate.plan(diff, Map.of("web", new Annotate.Updates(1, 2, 0, 0, 0, 0, 0, 0)));

        assertThat(Jobs.lines(annotated)).contains("~group web {create=2, ignore=1}");
    }

    @Test
    void aNewGroupsTasksAreForcedToStart() {
        JobDiff diff = JobDifference.of(null, Jobs.job("", "", ""), true);

        assertThat(Jobs.lines(Annotate.plan(diff, Map.of()))).contains("  +task serve [forces create]");
    }
}
