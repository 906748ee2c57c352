package muster.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hashicorp.nomad.apimodel.AclPolicy;
import com.hashicorp.nomad.apimodel.AclToken;
import com.hashicorp.nomad.apimodel.AllocationListStub;
import com.hashicorp.nomad.apimodel.Evaluation;
import com.hashicorp.nomad.apimodel.Job;
import com.hashicorp.nomad.apimodel.Namespace;
import com.hashicorp.nomad.apimodel.NodeListStub;
import com.hashicorp.nomad.apimodel.Task;
import com.hashicorp.nomad.apimodel.TaskGroup;
import com.hashicorp.nomad.javasdk.ErrorResponseException;
import com.hashicorp.nomad.javasdk.EvaluationResponse;
import com.hashicorp.nomad.javasdk.NomadApiClient;
import com.hashicorp.nomad.javasdk.NomadApiConfiguration;
import com.hashicorp.nomad.javasdk.WaitStrategy;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import muster.testkit.Eventually;
import muster.testkit.RunningAgent;
import org.apache.http.HttpHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler's official library for Java, through the calls that its users make most. */
@Timeout(180)
class NomadSdkTest {
    @TempDir
    static Path folder;

    private static RunningAgent agent;
    private static NomadApiClient nomad;

    @BeforeAll
    static void start() throws Exception {
        agent = RunningAgent.schedulerOfModule(folder);
        nomad = client("");
        nomad.setAuthToken(nomad.getAclTokensApi().bootstrap().getValue().getSecretId());
    }

    @AfterAll
    static void stop() throws Exception {
        try (RunningAgent running = agent) {
            nomad.close();
        }
    }

    private static NomadApiClient client(String token) {
        return new NomadApiClient(new NomadApiConfiguration.Builder().setAddress(agent.address().toString()).setAuthToken(token).build());
    }

    private static Job job(String id, String command, String... args) {
        Task task = new Task().setName("main").setDriver("raw_exec").setConfig(Map.of("command", command, "args", List.of(args)));
        TaskGroup group = new TaskGroup().setName("group").setCount(1).addTasks(task);
        return new Job().setId(id).setName(id).setType("batch").addDatacenters("dc1").addTaskGroups(group);
    }

    private static Evaluation done(EvaluationResponse evaluation) throws Exception {
        return nomad.getEvaluationsApi().pollForCompletion(evaluation, WaitStrategy.waitForSeconds(60)).getValue();
    }

    /** Plan: register, follow the evaluation, see the allocation end, read its log, run it anew as another version, go back, stop. */
    @Test
    void aJobRunsIsChangedAndStopped() throws Exception {
        Evaluation evaluation = done(nomad.getJobsApi().register(job("sdk", "echo", "hello")));
        assertThat(evaluation.getStatus()).isEqualTo("complete");
        AllocationListStub allocation = Eventually.value("the allocation to be complete", () -> nomad.getJobsApi().allocations("sdk").getValue().stream()
                .filter(stub -> stub.getClientStatus().equals("complete")).findFirst());
        assertThat(nomad.getAllocationsApi().info(allocation.getId()).getValue().getJobId()).isEqualTo("sdk");
        // The node's own address has no port here: it was free for the agent to choose.
        try (InputStream log = nomad.getClientApi(HttpHost.create(agent.address().toString())).logs(allocation.getId(), "main", false, "stdout")) {
            assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello\n");
        }

        assertThat(nomad.getJobsApi().plan(job("sdk", "echo", "again"), true).getValue().getDiff().getType()).isEqualTo("Edited");
        done(nomad.getJobsApi().register(job("sdk", "echo", "again")));
        assertThat(nomad.getJobsApi().info("sdk").getValue().getVersion()).isEqualTo(BigInteger.ONE);
        done(nomad.getJobsApi().revert("sdk", BigInteger.ZERO, BigInteger.ONE));
        assertThat(nomad.getJobsApi().versions("sdk").getValue().getVersions()).hasSize(3);
        assertThat(nomad.getJobsApi().summary("sdk").getValue().getSummary()).containsKey("group");
        done(nomad.getJobsApi().deregister("sdk"));
        assertThat(nomad.getJobsApi().info("sdk").getValue().getStop()).isTrue();
    }

    @Test
    void nodesNamespacesAndTheAgentAnswer() throws Exception {
        List<NodeListStub> nodes = nomad.getNodesApi().list().getValue();
        assertThat(nodes).hasSize(1);
        assertThat(nomad.getNodesApi().info(nodes.getFirst().getId()).getValue().getDatacenter()).isEqualTo("dc1");
        nomad.getNamespacesApi().register(new Namespace().setName("sdk-team").setDescription("A team"));
        assertThat(nomad.getNamespacesApi().info("sdk-team").getValue().getDescription()).isEqualTo("A team");
        nomad.getNamespacesApi().delete("sdk-team");
        assertThat(nomad.getRegionsApi().list().getValue()).containsExactly("global");
        assertThat(nomad.getStatusApi().leader().getValue()).isNotEmpty();
        assertThat(nomad.getAgentApi().self().getValue().getConfig()).isNotEmpty();
    }

    @Test
    void aTokenDoesWhatItsPolicyAllowsAndNoMore() throws Exception {
        nomad.getAclPoliciesApi().upsert(new AclPolicy().setName("readers").setRules("node { policy = \"read\" }"));
        AclToken token = nomad.getAclTokensApi().create(new AclToken().setName("reader").setType("client").addPolicies("readers")).getValue();

        try (NomadApiClient reader = client(token.getSecretId())) {
            assertThat(reader.getNodesApi().list().getValue()).hasSize(1);
            assertThatThrownBy(() -> reader.getJobsApi().list()).isInstanceOfSatisfying(ErrorResponseException.class, denied -> {
                assertThat(denied.getServerErrorCode()).isEqualTo(403);
                assertThat(denied.getServerErrorMessage()).isEqualTo("Permission denied");
            });
        }
    }
}
