package muster.scheduler.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import muster.registry.client.ServiceRegistration;
import muster.scheduler.job.Job;
import muster.scheduler.state.Allocation;
import muster.scheduler.state.Node;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class ServicePlanTest {
    private static final Node NODE = Json.read(Node.class, "{\"ID\":\"n1\",\"Datacenter\":\"dc1\"}".getBytes(), Json.Unknown.REFUSE);

    private static ServicePlan plan(String services, String more) {
        Job job = Jobs.job("service", "'Services':[" + services + "],", "{'Name':'main'}");
        Allocation allocation = Jobs.allocation(Jobs.ID, job, more);
        return ServicePlan.of(allocation, Optional.empty(), job.taskGroups().getFirst().services(),
                TaskEnvironment.ofGroup(new TaskEnvironment.Ground(NODE, "global", java.util.Map.of(), ""), allocation));
    }

    @Test
    void namesServicesAndChecksAsTheOriginalDoes() {
        ServiceRegistration found = plan("{'Name':'${JOB}-lb','PortLabel':'http','Tags':['p=${NOMAD_PORT_http}'],'Meta':{'kind':'live'},"
                + "'Checks':[{'Type':'http','Path':'/health','Interval':3000000000,'Timeout':2000000000},"
                + "{'Name':'alive','Type':'tcp','PortLabel':'9090','Interval':1000000000,'Timeout':1000000000}]}", "").registrations().getFirst();
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
}
