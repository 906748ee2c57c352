package muster.scheduler.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import muster.scheduler.job.Job;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Properties of the comparison over jobs composed of random blocks. */
class UnchangedJobPropertyTest {
    private static final List<String> IN_JOB = List.of(
            "priority = 70", "all_at_once = true", "meta { a = \"b\" }", "constraint { distinct_hosts = true }",
            "affinity {\n attribute = \"${node.class}\"\n value = \"x\"\n weight = 20\n}", "update { canary = 1 }");
    private static final List<String> IN_GROUP = List.of(
            "count = 4", "meta { c = \"d\" }", "network {\n mode = \"host\"\n port \"a\" { static = 4000 }\n port \"b\" {}\n}",
            "restart { attempts = 9 }", "ephemeral_disk { sticky = true }", "service {\n name = \"s\"\n tags = [\"x\", \"y\"]\n}",
            "volume \"v\" {\n type = \"host\"\n source = \"v\"\n}", "scaling { max = 5 }");
    private static final List<String> IN_TASK = List.of(
            "env { E = \"1\" }", "resources {\n cpu = 50\n memory = 60\n}", "kill_timeout = \"9s\"", "logs { max_files = 2 }",
            "template {\n data = \"x\"\n destination = \"local/a\"\n}", "artifact { source = \"http://a.test/b.tgz\" }", "leader = true");

    @Provide
    Arbitrary<Job> jobs() {
        return Arbitraries.of(IN_JOB).list().uniqueElements().flatMap(inJob ->
                Arbitraries.of(IN_GROUP).list().uniqueElements().flatMap(inGroup ->
                        Arbitraries.of(IN_TASK).list().uniqueElements().map(inTask ->
                                Jobs.job(text(inJob), text(inGroup), text(inTask)))));
    }

    private static String text(List<String> blocks) {
        return blocks.stream().collect(Collectors.joining("\n"));
    }

    @Property(tries = 200)
    void aJobComparedWithItselfIsNoneAndEmpty(@ForAll("jobs") Job job, @ForAll boolean contextual) {
        JobDiff diff = JobDifference.of(job, job, contextual);

        assertThat(diff.type()).isEqualTo(DiffType.NONE);
        assertThat(Jobs.lines(diff)).isEmpty();
    }

    @Property(tries = 200)
    void whatIsAddedOneWayIsDeletedTheOtherWay(@ForAll("jobs") Job one, @ForAll("jobs") Job other) {
        List<String> there = Jobs.lines(JobDifference.of(one, other, false));
        List<String> back = Jobs.lines(JobDifference.of(other, one, false));

        assertThat(there.stream().filter(line -> line.strip().startsWith("+")).count())
                .isEqualTo(back.stream().filter(line -> line.strip().startsWith("-")).count());
    }
}
