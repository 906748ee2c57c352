package muster.scheduler.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What policies allow, and texts that are none. */
class RightsTest {
    record Case(String name, String policies, Permission asked, boolean allowed) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Permission submit(String namespace) {
        return Permission.in(namespace, Capability.SUBMIT_JOB);
    }

    private static Permission read(String namespace) {
        return Permission.in(namespace, Capability.READ_JOB);
    }

    static List<Case> cases() {
        String web = "namespace \"web-*\" { policy = \"read\" }\nnamespace \"web-prod-*\" { policy = \"write\" }\nnamespace \"web-prod-eu\" { policy = \"deny\" }";
        String paths = "namespace \"default\" { variables { path \"nomad/jobs/*\" { capabilities = [\"read\"] } path \"*\" { capabilities = [\"list\"] } } }";
        return List.of(
                new Case("read lets read", "namespace \"default\" { policy = \"read\" }", read("default"), true),
                new Case("read does not let submit", "namespace \"default\" { policy = \"read\" }", submit("default"), false),
                new Case("write lets submit", "namespace \"default\" { policy = \"write\" }", submit("default"), true),
                new Case("write does not let raw exec on the node", "namespace \"default\" { policy = \"write\" }",
                        Permission.in("default", Capability.ALLOC_NODE_EXEC), false),
                new Case("scale lets scale alone", "namespace \"default\" { policy = \"scale\" }", Permission.in("default", Capability.SCALE_JOB), true),
                new Case("another namespace is closed", "namespace \"default\" { policy = \"write\" }", read("other"), false),
                new Case("a capability is added to a policy", "namespace \"default\" { policy = \"read\" capabilities = [\"submit-job\"] }", submit("default"), true),
                new Case("a pattern fits", web, read("web-test"), true),
                new Case("the closer pattern holds", web, submit("web-prod-us"), true),
                new Case("the exact name holds before patterns", web, read("web-prod-eu"), false),
                new Case("a denial in one policy beats a right in another",
                        "namespace \"default\" { policy = \"write\" }§namespace \"default\" { capabilities = [\"deny\"] }", read("default"), false),
                new Case("two policies add up",
                        "namespace \"default\" { policy = \"read\" }§namespace \"default\" { capabilities = [\"submit-job\"] }", submit("default"), true),
                new Case("any capability lets enter", "namespace \"a\" { capabilities = [\"read-logs\"] }", new Permission.Enter("a"), true),
                new Case("a denied namespace can't be entered", "namespace \"a\" { policy = \"deny\" }", new Permission.Enter("a"), false),
                new Case("a variable is read by its path", paths, new Permission.OnVariable("default", "nomad/jobs/x", VariableCapability.READ), true),
                new Case("to read is to list", paths, new Permission.OnVariable("default", "nomad/jobs/x", VariableCapability.LIST), true),
                new Case("another path is listed only", paths, new Permission.OnVariable("default", "secret", VariableCapability.READ), false),
                new Case("node write lets read", "node { policy = \"write\" }", Permission.NODE_READ, true),
                new Case("node read does not let write", "node { policy = \"read\" }", Permission.NODE_WRITE, false),
                new Case("an agent rule says nothing of nodes", "agent { policy = \"write\" }", Permission.NODE_READ, false),
                new Case("plugins may be listed", "plugin { policy = \"list\" }", Permission.PLUGIN_READ, false),
                new Case("a volume is mounted to read", "host_volume \"data-*\" { policy = \"read\" }", new Permission.MountVolume("data-1", false), true),
                new Case("but not to write", "host_volume \"data-*\" { policy = \"read\" }", new Permission.MountVolume("data-1", true), false),
                new Case("capabilities of volumes", "host_volume \"x\" { capabilities = [\"mount-readwrite\"] }", new Permission.MountVolume("x", true), true),
                new Case("no policy makes a manager", "namespace \"*\" { policy = \"write\" }\noperator { policy = \"write\" }", Permission.MANAGEMENT, false),
                new Case("rules in JSON", "{\"namespace\": {\"default\": {\"policy\": \"write\"}}}", submit("default"), true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void policiesAllow(Case c) {
        Rights rights = Rights.of(Arrays.stream(c.policies().split("§")).map(RuleParser::parse).toList());

        assertThat(rights.allow(c.asked())).isEqualTo(c.allowed());
    }

    record Wrong(String rules, String message) {}

    static List<Wrong> wrong() {
        return List.of(
                new Wrong("", "Invalid policy: "),
                new Wrong("namespace \"a b\" { policy = \"read\" }",
                        "Invalid namespace name: &acl.NamespacePolicy{Name:\"a b\", Policy:\"read\", Capabilities:[]string(nil)}"),
                new Wrong("namespace \"a\" { policy = \"list\" }",
                        "Invalid namespace policy: &acl.NamespacePolicy{Name:\"a\", Policy:\"list\", Capabilities:[]string(nil)}"),
                new Wrong("namespace \"a\" { capabilities = [\"fly\"] }",
                        "Invalid namespace capability 'fly': &acl.NamespacePolicy{Name:\"a\", Policy:\"\", Capabilities:[]string{\"fly\"}}"),
                new Wrong("node { policy = \"scale\" }", "Invalid node policy: &acl.NodePolicy{Policy:\"scale\"}"),
                new Wrong("host_volume \"x\" { capabilities = [\"mount\"] }",
                        "Invalid host volume capability 'mount': &acl.HostVolumePolicy{Name:\"x\", Policy:\"\", Capabilities:[]string{\"mount\"}}"),
                new Wrong("namespace \"a\" { variables { path \"p\" { capabilities = [\"own\"] } } }",
                        "Invalid variable capability 'own' in namespace \"a\" for path \"p\""));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aTextThatIsNoPolicyIsRefused(Wrong wrong) {
        assertThatThrownBy(() -> RuleParser.parse(wrong.rules())).isInstanceOf(RulesException.class).hasMessage(wrong.message());
    }

    static List<String> broken() {
        return List.of("namespace {", "key \"a\" { policy = \"read\" }", "namespace = 3", "node { policy = 3 }", "agent = \"read\"");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenTextIsRefusedWithItsPlace(String rules) {
        assertThatThrownBy(() -> RuleParser.parse(rules)).isInstanceOf(RulesException.class).hasMessageStartingWith("Failed to parse ACL Policy: ");
    }

    record Pattern(String pattern, String name, boolean matches) {}

    static List<Pattern> patterns() {
        return List.of(new Pattern("*", "", true), new Pattern("*", "abc", true), new Pattern("a*", "abc", true), new Pattern("*c", "abc", true),
                new Pattern("a*c", "abc", true), new Pattern("a*a", "a", false), new Pattern("a*b*c", "a-b-c", true), new Pattern("a*b*c", "acb", false),
                new Pattern("abc", "abc", true), new Pattern("abc", "abcd", false), new Pattern("a**b", "ab", true));
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void aStarStandsForAnything(Pattern p) {
        assertThat(Rights.matches(p.pattern(), p.name())).isEqualTo(p.matches());
    }
}
