package muster.registry.prepared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import muster.registry.prepared.PreparedQuery.Failover;
import muster.registry.prepared.PreparedQuery.ServiceQuery;
import muster.registry.prepared.PreparedQuery.Template;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QueryTemplateTest {
    private static PreparedQuery query(String prefix, String regexp, String service, String... tags) {
        return new PreparedQuery("id", prefix, "", "", new Template("name_prefix_match", regexp, tags.length > 1),
                new ServiceQuery(service, Failover.NONE, false, List.of(), "", List.of(tags), Map.of(), Map.of("k", service), false),
                "", 0, 0);
    }

    record Case(String name, String prefix, String regexp, String text, String asked, String rendered) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("the whole name", "geo-", "", "${name.full}", "geo-db", "geo-db"),
                new Case("what stands behind the prefix", "geo-", "", "${name.suffix}", "geo-db", "db"),
                new Case("the prefix as it was given", "Geo-", "", "${ name.prefix }x", "Geo-db", "Geo-x"),
                new Case("a group of the expression", "geo-", "^geo-(.*?)-([^-]+)$", "${match(1)}-${match(2)}", "geo-db-east", "db-east"),
                new Case("group 0 is all of it", "", "b+", "${match(0)}", "abba", "bb"),
                new Case("a group that there is not is empty", "", "b+", "x${match(7)}", "abba", "x"),
                new Case("no match leaves groups empty", "", "^z(.)", "x${match(1)}", "abba", "x"),
                new Case("two signs stand for one", "", "", "$${name.full}", "a", "${name.full}"),
                new Case("a sign alone is text", "", "", "$5 {a}", "a", "$5 {a}"),
                new Case("there are no segments", "", "", "a${agent.segment}", "b", "a"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void textsAreRenderedForTheName(Case given) {
        PreparedQuery rendered = QueryTemplate.of(query(given.prefix(), given.regexp(), given.text())).render(given.asked());
        assertThat(rendered.service().service()).isEqualTo(given.rendered());
        assertThat(rendered.service().serviceMeta()).containsEntry("k", given.rendered());
    }

    @Test
    void emptyTagsGoWhereThatIsWanted() {
        assertThat(QueryTemplate.of(query("", "", "x", "a", "${match(1)}")).render("n").service().tags()).containsExactly("a");
        assertThat(QueryTemplate.of(query("", "", "x", "${match(1)}")).render("n").service().tags()).containsExactly("");
    }

    static Stream<Case> faults() {
        return Stream.of(
                new Case("an open brace", "", "", "a${name.full", "", "Bad format 'a${name.full' in Service.Service: "),
                new Case("an unknown variable", "", "", "${name.half}", "", "Bad evaluation for '${name.half}' in Service.Service: "),
                new Case("an unknown function", "", "", "${upper(1)}", "", "Bad evaluation for '${upper(1)}' in Service.Service: "),
                new Case("nothing between the braces", "", "", "${}", "", "Bad format '${}' in Service.Service: "),
                new Case("a bad expression", "", "(", "x", "", "Bad Regexp: "));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatCanNotBeRenderedIsRefusedWhenItIsStored(Case given) {
        assertThatThrownBy(() -> QueryTemplate.of(query(given.prefix(), given.regexp(), given.text())))
                .isInstanceOf(QueryTemplate.TemplateException.class).hasMessageStartingWith(given.rendered());
    }

    @Property(tries = 300)
    void anyTextIsRenderedOrRefused(@ForAll String text, @ForAll String regexp, @ForAll String name) {
        try {
            QueryTemplate.of(query("", regexp, text)).render(name);
        } catch (QueryTemplate.TemplateException expected) {
            assertThat(expected).hasMessageStartingWith("Bad ");
        }
    }

    @Test
    void whatAQuerySaysIsChecked() {
        assertThat(query("", "", "").refusal()).contains("Must provide a Service name to query");
        PreparedQuery unbound = new PreparedQuery("id", "", "", "", null, null, "", 0, 0);
        assertThat(unbound.refusal()).contains("Must be bound to a session");
        PreparedQuery hidden = new PreparedQuery("id", "n", "", "<hidden>", null, null, "", 0, 0);
        assertThat(hidden.refusal().orElse("")).startsWith("Bad Token '<hidden>'");
        assertThat(new PreparedQuery("id", "n", "", "secret", null, null, "", 0, 0).toString()).doesNotContain("secret");
    }
}
