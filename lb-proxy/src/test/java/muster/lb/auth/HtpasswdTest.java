package muster.lb.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import muster.lb.auth.Htpasswd.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HtpasswdTest {
    record Case(String name, String entry, String password, boolean isRight) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("bcrypt as htpasswd writes it", "$2y$05$0ftBNys2Ba9W8cmwQqkKH.n24I9ix/L71UoZa4fZXp6mERDkn7Z/C", "wonder", true),
                new Case("bcrypt with another password", "$2y$05$0ftBNys2Ba9W8cmwQqkKH.n24I9ix/L71UoZa4fZXp6mERDkn7Z/C", "wonders", false),
                new Case("apr1", "$apr1$h8UyB6xb$/YCbedRR1e6iJG6JFj4mp/", "builder", true),
                new Case("apr1 with another password", "$apr1$h8UyB6xb$/YCbedRR1e6iJG6JFj4mp/", "Builder", false),
                new Case("SHA", "{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=", "sha", true),
                new Case("SHA with another password", "{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=", "sh", false),
                new Case("SSHA", "{SSHA}XfamdB9CIECeEP7VRpBd5Ws8FipzYWx0NTY3OA==", "secret", true),
                new Case("plain text", "secret", "secret", true),
                new Case("plain text with another password", "secret", "secre", false),
                new Case("a cut bcrypt hash admits nobody", "$2y$05$0ftBNys2Ba9", "wonder", false));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPasswordIsComparedInTheFormOfItsEntry(Case c) {
        assertThat(Htpasswd.matches(c.password(), c.entry())).isEqualTo(c.isRight());
    }

    @Test
    void linesThatCannotBeUsedAreNamedWithoutTheirHashes() {
        Htpasswd file = Htpasswd.parse("# staff\nalice:{SHA}2PRZAyDhNDqRW2OUFwZQqPNdaSY=\n\nbob\ncarol:$9$secretsalt$hash\n");
        assertThat(file.admits(new Credentials("alice", "sha"))).isTrue();
        assertThat(file.admits(new Credentials("bob", ""))).isFalse();
        assertThat(file.problems()).hasSize(2).noneMatch(problem -> problem.contains("secretsalt"))
                .first().asString().startsWith("line 4:");
    }

    @Test
    void credentialsComeFromABasicHeaderOnly() {
        assertThat(Credentials.basic("Basic YWxpY2U6d29uOmRlcg==")).contains(new Credentials("alice", "won:der"));
        assertThat(Credentials.basic("basic YWxpY2U6")).contains(new Credentials("alice", ""));
        assertThat(List.of("Bearer x", "Basic !!!", "Basic YWxpY2U=")).extracting(Credentials::basic).containsOnly(Optional.empty());
        assertThat(new Credentials("alice", "wonder")).asString().doesNotContain("wonder");
    }
}
