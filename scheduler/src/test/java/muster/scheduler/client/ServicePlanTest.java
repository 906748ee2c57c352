package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import muster.checks.CheckDefinition;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.scheduler.driver.TaskNetwork;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServicePlanTest {
    private static final Node NODE = Json.read(Node.class, "{\"ID\":\"n1\",\"Datacenter\":\"dc1\"}".getBytes(), Json.Unknown.REFUSE);

    private static ServicePlan plan(String services, String more) {
        Job job = Jobs.job("service", "'Services':[" + services + "],", "{'Name':'main'}");
        Allocation allocation = Jobs.allocation(Jobs.ID, job, more);
        return ServicePlan.of(allocation, Optional.empty(), job.taskGroups().getFirst().services(),
                TaskEnvironment.ofGroup(new TaskEnvironment.Ground(NODE, "global", java.util.Map.of(), ""), allocation), Optional.empty());
    }

    @Test
    void namesServicesAndChecksAsTheOriginalDoes() {
        ServiceRegistration found = plan("{'Name':'${JOB}-lb','PortLabel':'http','Tags':['p=${NOMAD_PORT_http}'],'Meta':{'kind':'live'},"
                + "'Checks':[{'Type':'http','Path':'/health','Interval':3000000000,'Timeout':2000000000},"
                + "{'Name':'alive','Type':'TCP','PortLabel':'9090','Interval':1000000000,'Timeout':1000000000}]}", "").registrations().getFirst();
        assertThat(found.id()).isEqualTo("_nomad-task-" + Jobs.ID + "-group-web-app-lb-http");
        assertThat(found.tags()).containsExactly("p=20001");
        assertThat(found.meta()).containsOnly(java.util.Map.entry("external-source", "nomad"), java.util.Map.entry("kind", "live"));
        assertThat(found.checks()).extracting(ServiceRegistration.Check::name).containsExactly("service: \"app-lb\" check", "alive");
        assertThat(found.checks()).allMatch(check -> check.id().matches("_nomad-check-[0-9a-f]{40}") && check.status().isEmpty());
        assertThat(found.checks().getLast().probe()).isEqualTo(
                new ServiceRegistration.Probe.Tcp("127.0.0.1:9090", Duration.ofSeconds(1), Duration.ofSeconds(1)));
        assertThat(found.checks().getFirst().probe()).isEqualTo(new ServiceRegistration.Probe.Http("http://127.0.0.1:20001/health", "",
                java.util.Map.of(), "", false, Duration.ofSeconds(3), Duration.ofSeconds(2)));
    }

    @Test
    void aCheckKeepsItsIdAsLongAsItDoesTheSame() {
        String service = "{'Name':'a','PortLabel':'http','Tags':['TAG'],'Checks':[{'Name':'up','Type':'tcp','Interval':SECONDS,'Timeout':1}]}";
        String first = checkId(service.replace("SECONDS", "1000000000"));
        assertThat(checkId(service.replace("SECONDS", "1000000000").replace("TAG", "other"))).isEqualTo(first);
        assertThat(checkId(service.replace("SECONDS", "2000000000"))).isNotEqualTo(first);
    }

    private static String checkId(String service) {
        return plan(service, "").registrations().getFirst().checks().getFirst().id();
    }

    @Test
    void aCanaryCarriesItsOwnTagsAndMetaUntilItIsPromoted() {
        String service = "{'Name':'a','PortLabel':'http','Tags':['live'],'CanaryTags':['canary'],'Meta':{'k':'live'},'CanaryMeta':{'k':'canary'}}";
        ServiceRegistration canary = plan(service, "'DeploymentStatus':{'Canary':true}").registrations().getFirst();
        ServiceRegistration live = plan(service, "'DeploymentStatus':{'Canary':false}").registrations().getFirst();
        assertThat(canary.tags()).isEqualTo(List.of("canary"));
        assertThat(canary.meta()).containsEntry("k", "canary");
        assertThat(live.tags()).isEqualTo(List.of("live"));
        assertThat(live.id()).isEqualTo(canary.id());
    }

    @Test
    void aScriptIsRunByTheClientAndReportedAsTimeToLive() {
        ServicePlan found = plan("{'Name':'a','PortLabel':'','Checks':[{'Name':'s','Type':'script','Command':'/bin/true','TaskName':'main',"
                + "'Interval':10000000000,'Timeout':2000000000}]}", "");
        assertThat(found.scripts()).hasSize(1);
        assertThat(found.scripts().getFirst().task()).isEqualTo("main");
        assertThat(found.registrations().getFirst().checks().getFirst().probe())
                .isEqualTo(new ServiceRegistration.Probe.Ttl(Duration.ofSeconds(41)));
        assertThat(found.registrations().getFirst().port()).isZero();
    }

    @Test
    void anOverriddenAddressAndTaggedOnesAreRegistered() {
        ServiceRegistration found = plan("{'Name':'a','PortLabel':'http','Address':'web.example','TaggedAddresses':{'lan':'10.0.0.1','wan':'[::1]:9'},"
                + "'Checks':[{'Type':'tcp','Interval':1000000000,'Timeout':1}]}", "").registrations().getFirst();
        assertThat(found.address()).isEqualTo("web.example");
        assertThat(found.taggedAddresses()).containsOnly(
                java.util.Map.entry("lan", new ServiceInstance.TaggedAddress("10.0.0.1", 20001)),
                java.util.Map.entry("wan", new ServiceInstance.TaggedAddress("::1", 9)));
        assertThat(found.checks().getFirst().probe().toString()).contains("web.example:20001");
    }

    /** Port {@code http} is 20001 at the host; the driver's network has it at 8080. */
    record Mode(String name, String mode, boolean network, boolean advertised, String label, String found) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Mode> modes() {
        return Stream.of(
                new Mode("auto is the host's", "auto", true, false, "http", "127.0.0.1:20001"),
                new Mode("auto is the driver's where that says so", "auto", true, true, "http", "172.17.0.2:8080"),
                new Mode("host is the host's whatever the driver says", "host", true, true, "http", "127.0.0.1:20001"),
                new Mode("driver is the driver's", "driver", true, false, "http", "172.17.0.2:8080"),
                new Mode("driver takes a number as the port", "driver", true, false, "9090", "172.17.0.2:9090"),
                new Mode("driver without a port is the address alone", "driver", true, false, "", "172.17.0.2:0"),
                new Mode("driver does not know a label that is not the task's", "driver", true, false, "admin",
                        "invalid port \"admin\": port label not found"),
                new Mode("driver needs a network", "driver", false, false, "http",
                        "cannot use address_mode=\"driver\": no driver network exists"),
                new Mode("alloc needs a network of the group's", "alloc", true, true, "http",
                        "cannot use address_mode=\"alloc\": no allocation network status reported"),
                new Mode("a number is a port of the node", "host", false, false, "9090", ":9090"));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void theModeDecidesWhereAServiceIsReached(Mode mode) {
        Job job = Jobs.job("service", "", "{'Name':'main','Services':[{'Name':'a','PortLabel':'" + mode.label() + "','AddressMode':'" + mode.mode()
                + "','Checks':[{'Type':'script','Command':'true','Interval':1000000000,'Timeout':1}]}]}");
        Allocation allocation = Jobs.allocation(Jobs.ID, job, "");
        ServicePlan plan = ServicePlan.of(allocation, Optional.of("main"), job.taskGroups().getFirst().tasks().getFirst().services(),
                TaskEnvironment.ofGroup(new TaskEnvironment.Ground(NODE, "global", java.util.Map.of(), ""), allocation),
                mode.network() ? Optional.of(new TaskNetwork("172.17.0.2", java.util.Map.of("http", 8080), mode.advertised())) : Optional.empty());
        if (plan.problems().isEmpty()) {
            ServiceRegistration found = plan.registrations().getFirst();
            assertThat(found.address() + ":" + found.port()).isEqualTo(mode.found());
        } else {
            assertThat(plan.problems()).containsExactly("service \"a\" not registered: " + mode.found());
            assertThat(plan.registrations()).isEmpty();
            assertThat(plan.expected()).as("a deployment does not go on without it").hasSize(1);
        }
    }

    @Test
    void aNativeServicesChecksAreTheClientsToRun() {
        ServicePlan found = plan("{'Name':'a','PortLabel':'http','Provider':'nomad','OnUpdate':'ignore_warnings','Checks':["
                + "{'Name':'page','Type':'http','Path':'/up','Interval':3000000000,'Timeout':2000000000,'CheckRestart':{'Limit':3,'Grace':1000000000}},"
                + "{'Name':'ready','Type':'grpc','GRPCService':'app','OnUpdate':'ignore','Interval':1000000000,'Timeout':1000000000},"
                + "{'Name':'s','Type':'script','Command':'${NOMAD_META_owner}','Args':['x'],'TaskName':'main','Interval':1000000000,'Timeout':1000000000}]}", "");
        assertThat(found.registrations()).isEmpty();
        assertThat(found.scripts()).isEmpty();
        assertThat(found.checks()).extracting(NativeCheck::name).containsExactly("page", "ready", "s");
        assertThat(found.checks()).extracting(NativeCheck::mode).containsExactly("healthiness", "readiness", "healthiness");
        assertThat(found.checks()).allMatch(check -> check.id().matches("[0-9a-f]{32}") && check.owner().isEmpty());
        CheckDefinition.Timing second = new CheckDefinition.Timing(Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThat(found.checks().getFirst().definition()).isEqualTo(new CheckDefinition.Http("http://127.0.0.1:20001/up", "", java.util.Map.of(),
                "", false, false, new CheckDefinition.Timing(Duration.ofSeconds(3), Duration.ofSeconds(2))));
        assertThat(found.checks().get(1).definition()).isEqualTo(new CheckDefinition.Grpc("127.0.0.1:20001/app", false, false, second));
        assertThat(found.checks().getLast().definition()).isEqualTo(new CheckDefinition.Script(List.of("me", "x"), second));
        assertThat(found.expected()).containsExactly(new ServicePlan.Expected(found.checks().getFirst().id(), true),
                new ServicePlan.Expected(found.checks().getLast().id(), true));
        assertThat(found.restarts()).singleElement().satisfies(restart -> assertThat(restart.task()).as("the whole group").isEmpty());
    }
}
