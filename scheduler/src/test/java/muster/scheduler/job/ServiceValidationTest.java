package muster.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import muster.wire.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ServiceValidationTest {
    private static final String TIMES = "'Interval':1000000000,'Timeout':1000000000";

    /** A task's service in JSON, single quotes for double ones, and what is wrong with it; "" for nothing. */
    record Case(String name, String service, String wrong) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String checked(String provider, String check) {
        return "'Name':'a','PortLabel':'http','Provider':'" + provider + "','Checks':[{'Name':'c'," + TIMES + "," + check + "}]";
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("a native service may be checked over http", checked("nomad", "'Type':'http','Path':'/'"), ""),
                new Case("and over tcp", checked("nomad", "'Type':'tcp'"), ""),
                new Case("and over grpc", checked("nomad", "'Type':'grpc'"), ""),
                new Case("and by a script, with thresholds", checked("nomad", "'Type':'script','Command':'x','FailuresBeforeCritical':3"), ""),
                new Case("what a mesh exposes is the registry's alone", checked("nomad", "'Type':'tcp','Expose':true"),
                        "Check c invalid: expose may only be set for Consul service checks"),
                new Case("so are tagged addresses", "'Name':'a','Provider':'nomad','TaggedAddresses':{'lan':'10.0.0.1'}",
                        "Service with provider nomad cannot include tagged_addresses"),
                new Case("an address and its mode do not go together", "'Name':'a','Address':'web.example','AddressMode':'host'",
                        "Service address_mode must be \"auto\" if address is set"),
                new Case("an address goes with auto", "'Name':'a','Address':'web.example','AddressMode':'auto'", ""),
                new Case("on_update is one of three", checked("consul", "'Type':'tcp','OnUpdate':'maybe'"),
                        "Check c invalid: on_update must be \"require_healthy\", \"ignore_warnings\", or \"ignore\"; got \"maybe\""),
                new Case("who ignores a check can't restart by it", checked("consul", "'Type':'tcp','OnUpdate':'ignore','CheckRestart':{'Limit':1}"),
                        "Check c invalid: on_update value \"ignore\" is not compatible with check_restart"),
                new Case("who ignores warnings ignores them in both", checked("nomad", "'Type':'tcp','OnUpdate':'ignore_warnings','CheckRestart':{'Limit':1}"),
                        "Check c invalid: on_update value \"ignore_warnings\" not supported with check_restart ignore_warnings value \"false\""),
                new Case("and may then restart", checked("consul",
                        "'Type':'tcp','OnUpdate':'ignore_warnings','CheckRestart':{'Limit':1,'IgnoreWarnings':true}"), ""),
                new Case("a limit is not below zero", checked("consul", "'Type':'tcp','CheckRestart':{'Limit':-1}"),
                        "Check c invalid: 1 error occurred:\n\t* limit must be greater than or equal to 0 but found -1"),
                new Case("nor is a grace", checked("consul", "'Type':'tcp','CheckRestart':{'Limit':1,'Grace':-1000000000}"),
                        "Check c invalid: 1 error occurred:\n\t* grace period must be greater than or equal to 0 but found -1000000000"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatIsWrong(Case c) {
        Task task = Json.read(Task.class, ("{'Name':'t','Services':[{" + c.service() + "}]}").replace('\'', '"').getBytes(StandardCharsets.UTF_8),
                Json.Unknown.REFUSE);
        TaskGroup group = Json.read(TaskGroup.class, "{\"Name\":\"g\",\"Networks\":[{\"DynamicPorts\":[{\"Label\":\"http\"}]}]}".getBytes(StandardCharsets.UTF_8),
                Json.Unknown.REFUSE);
        Faults faults = TaskServiceValidation.of(task.withResources(new Resources(100, 0, null, 0, 0, 300, 0, null)), group);
        if (c.wrong().isEmpty()) {
            assertThat(faults.isEmpty()).as(faults.isEmpty() ? "" : faults.text()).isTrue();
        } else {
            assertThat(faults.text()).contains(c.wrong());
        }
    }
}
