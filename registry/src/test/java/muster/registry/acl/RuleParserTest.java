package muster.registry.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleParserTest {
    record Case(String name, String rules, Permission permission, boolean allowed) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Permission permission(Access access, Resource resource, String name) {
        return Permission.of(access, resource, name);
    }

    static List<Case> decisions() {
        return List.of(
                new Case("a rule for the name itself holds", "key \"a\" { policy = \"write\" }",
                        permission(Access.WRITE, Resource.KEY, "a"), true),
                new Case("and for no longer name", "key \"a\" { policy = \"write\" }",
                        permission(Access.READ, Resource.KEY, "ab"), false),
                new Case("a prefix holds for longer names", "key_prefix \"a\" { policy = \"read\" }",
                        permission(Access.READ, Resource.KEY, "ab/c"), true),
                new Case("reading is no writing", "key_prefix \"a\" { policy = \"read\" }",
                        permission(Access.WRITE, Resource.KEY, "a"), false),
                new Case("reading is no listing", "key_prefix \"a\" { policy = \"read\" }",
                        permission(Access.LIST, Resource.KEY, "a"), false),
                new Case("listing is reading", "key_prefix \"a\" { policy = \"list\" }",
                        permission(Access.READ, Resource.KEY, "a"), true),
                new Case("the longest prefix wins",
                        "key_prefix \"\" { policy = \"write\" }\nkey_prefix \"a/\" { policy = \"deny\" }\nkey_prefix \"a/b/\" { policy = \"read\" }",
                        permission(Access.READ, Resource.KEY, "a/b/c"), true),
                new Case("also where it denies",
                        "key_prefix \"\" { policy = \"write\" }\nkey_prefix \"a/\" { policy = \"deny\" }",
                        permission(Access.READ, Resource.KEY, "a/x"), false),
                new Case("a rule for the name comes before every prefix",
                        "key_prefix \"a\" { policy = \"write\" }\nkey \"ab\" { policy = \"deny\" }",
                        permission(Access.READ, Resource.KEY, "ab"), false),
                new Case("all under a prefix may be written when nothing below says otherwise",
                        "key_prefix \"a/\" { policy = \"write\" }", Permission.writeUnder("a/b"), true),
                new Case("and may not when something does",
                        "key_prefix \"a/\" { policy = \"write\" }\nkey \"a/b/c\" { policy = \"read\" }", Permission.writeUnder("a/b"), false),
                new Case("whole resources have one word", "operator = \"read\"", Permission.OPERATOR_READ, true),
                new Case("whose reading is no writing", "operator = \"read\"", Permission.OPERATOR_WRITE, false),
                new Case("who may see a service may see its intentions", "service \"web\" { policy = \"write\" }",
                        permission(Access.READ, Resource.INTENTION, "web"), true),
                new Case("but not write them", "service \"web\" { policy = \"write\" }",
                        permission(Access.WRITE, Resource.INTENTION, "web"), false),
                new Case("unless the rule says so", "service \"web\" { policy = \"read\"\n intentions = \"write\" }",
                        permission(Access.WRITE, Resource.INTENTION, "web"), true),
                new Case("intentions for every service are read by who may read any", "service \"web\" { policy = \"read\" }",
                        permission(Access.READ, Resource.INTENTION, "*"), true),
                new Case("and written by who may write all", "service \"web\" { policy = \"read\"\n intentions = \"write\" }",
                        permission(Access.WRITE, Resource.INTENTION, "*"), false),
                new Case("JSON says the same", "{\"key_prefix\":{\"a/\":{\"policy\":\"read\"}},\"operator\":\"write\"}",
                        permission(Access.READ, Resource.KEY, "a/b"), true),
                new Case("JSON may hold lists", "{\"key\":[{\"a\":{\"policy\":\"read\"}},{\"b\":{\"policy\":\"write\"}}]}",
                        permission(Access.WRITE, Resource.KEY, "b"), true),
                new Case("rules of later versions mean nothing", "mesh = \"write\"\nkey \"a\" { policy = \"read\" }",
                        permission(Access.READ, Resource.KEY, "a"), true));
    }

    @ParameterizedTest
    @MethodSource("decisions")
    void decides(Case given) {
        Authorizer authorizer = new RuleAuthorizer(RuleParser.parse(given.rules()).rules(), Authorizer.DENY);
        assertThat(authorizer.allows(given.permission())).isEqualTo(given.allowed());
    }

    @Test
    void ofSeveralPoliciesADenialWinsThenTheGreaterLevel() {
        Rules read = RuleParser.parse("key \"a\" { policy = \"read\" }\nkey \"b\" { policy = \"read\" }").rules();
        Rules write = RuleParser.parse("key \"a\" { policy = \"write\" }\nkey \"b\" { policy = \"deny\" }").rules();
        Authorizer both = new RuleAuthorizer(Rules.merged(List.of(read, write)), Authorizer.DENY);
        assertThat(both.allows(permission(Access.WRITE, Resource.KEY, "a"))).isTrue();
        assertThat(both.allows(permission(Access.READ, Resource.KEY, "b"))).isFalse();
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"key {", "key \"a\" { policy = \"frob\" }", "key \"a\" {}",
        "node \"a\" { policy = \"list\" }", "operator = \"list\"", "service \"a\" { policy = \"read\" intentions = \"x\" }",
        "key = \"read\"", "{\"key\": 1}", "acl = {}"})
    void whatIsNoRulesIsRefused(String rules) {
        assertThatThrownBy(() -> RuleParser.parse(rules)).isInstanceOf(RulesException.class);
    }

    @Test
    void namesThatMeanNothingAreTold() {
        assertThat(RuleParser.parse("kye \"a\" { policy = \"read\" }").unknown()).containsExactly("kye");
    }

    @Test
    void oldRulesAreTranslatedAndLaidOut() {
        assertThat(LegacyRules.translate("key \"\" { policy = \"read\" }\nkeyring=\"write\"\nservice \"a\" { policy = \"read\" intentions=\"write\" }"
                .replace(" intentions", "\n intentions")))
                .isEqualTo("key_prefix \"\" {\n  policy = \"read\"\n}\n\nkeyring = \"write\"\n\n"
                        + "service_prefix \"a\" {\n  policy     = \"read\"\n  intentions = \"write\"\n}");
    }

    /** Mutated and random text is read or refused, and nothing else happens. */
    @Test
    void anyTextIsReadOrRefused() {
        Random random = new Random(20_261_121);
        List<String> seeds = decisions().stream().map(Case::rules).toList();
        String alphabet = "{}[]\"'=,:\\\n #/*$<-_abkey policy read write deny list 0159\u00e4\u0000";
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            for (int change = random.nextInt(8); change >= 0; change--) {
                int at = text.isEmpty() ? 0 : random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(6)));
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(12))));
                }
            }
            String rules = text.toString();
            try {
                RuleParser.parse(rules);
                RuleParser.parseLegacy(rules);
                LegacyRules.translate(rules);
            } catch (RulesException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
