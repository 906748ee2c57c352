package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import muster.scheduler.job.Job;
import muster.wire.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrationPassTest {
    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), Json.Unknown.REFUSE);
    }

    private static Node node(String id, String secret) {
        return read(Node.class, "{'ID':'" + id + "','Name':'" + id + "','Datacenter':'dc1','SecretID':'" + secret + "'}");
    }

    /** Two nodes; on the second "new" takes the place of "old", and "plain" that of "left", whose disk does not migrate. */
    private static State state() {
        Job moving = read(Job.class, "{'ID':'moving','Namespace':'default','TaskGroups':[{'Name':'g','EphemeralDisk':{'Sticky':true,'Migrate':true,'SizeMB':1},"
                + "'Tasks':[{'Name':'t'}]}]}");
        Job staying = read(Job.class, "{'ID':'staying','Namespace':'default','TaskGroups':[{'Name':'g','Tasks':[{'Name':'t'}]}]}");
        return State.EMPTY.after(new Command.RegisterNode(node("n1", "one"), null, List.of()))
                .after(new Command.RegisterNode(node("n2", "two"), null, List.of()))
                .after(new Command.ApplyPlan(placed(moving, "new", "old")))
                .after(new Command.ApplyPlan(placed(staying, "plain", "left")));
    }

    private static PlanResult placed(Job job, String id, String previous) {
        Allocation allocation = read(Allocation.class, "{'ID':'" + id + "','Namespace':'default','JobID':'" + job.id() + "','TaskGroup':'g','NodeID':'n2',"
                + "'PreviousAllocation':'" + previous + "','DesiredStatus':'run','ClientStatus':'pending'}");
        return new PlanResult("e", job, List.of(), List.of(allocation), List.of(), null, List.of(), List.of(), 0);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the node whose allocation takes over is let in           | n2 | two   | old  | old  | true
            another node is not                                      | n1 | one   | old  | old  | false
            nor one that does not know the secret                    | n2 | three | old  | old  | false
            the pass for one allocation is none for another          | n2 | two   | new  | old  | false
            nor is there one for data that does not migrate          | n2 | two   | left | left | false
            an unknown node is nobody                                | n3 | two   | old  | old  | false
            """)
    void letsInWhoTakesOver(String name, String node, String secret, String forAllocation, String asked, boolean admitted) {
        assertThat(MigrationPass.admits(state(), MigrationPass.of(node(node, secret), forAllocation), asked)).isEqualTo(admitted);
    }

    @ParameterizedTest
    @CsvSource({"migrate.", "migrate.n2", "migrate.n2.00", "migrate.n2.zz", "''", "00000000-0000-0000-0000-000000000000"})
    void whatIsNoPassLetsNobodyIn(String token) {
        assertThat(MigrationPass.admits(state(), token, "old")).isFalse();
    }
}
