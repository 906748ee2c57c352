package muster.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Namespaces and access control as commands make them. */
class AccessStateTest {
    private static AclToken token(String accessor, String secret) {
        return new AclToken(accessor, 0, null, null, false, "", 0, "", List.of(), List.of(), secret, AclToken.MANAGEMENT);
    }

    @Test
    void theDefaultNamespaceHasTheDigestThatTheOriginalGivesIt() {
        assertThat(State.EMPTY.namespaces().get("default").hash()).isEqualTo("C7UbjDwBK0dK8wQq7Izg7SJIzaV+lIo2X7wRtzY3pSw=");
        assertThat(Blake2b.of("abc".repeat(100))).isEqualTo("pF+kz3XZLlhcvpj+Fs+70ftgXs/3pD3D08dbhHaqsQ0=");
    }

    @Test
    void bootstrappingIsDoneOnceUnlessItsIndexIsShown() {
        Store store = new Store();
        store.apply(7, new Command.BootstrapAcl(token("a", "one"), 0));

        assertThatThrownBy(() -> store.apply(8, new Command.BootstrapAcl(token("b", "two"), 0)))
                .hasMessage("ACL bootstrap already done (reset index: 7)");
        store.apply(9, new Command.BootstrapAcl(token("b", "two"), 7));
        store.published(9);

        assertThat(store.state().acl().withSecret("two").accessorId()).isEqualTo("b");
        assertThat(store.state().acl().bootstrapIndex()).isEqualTo(9);
    }

    @Test
    void aTokenWithAnotherSecretIsNotFoundUnderItsOldOne() {
        Store store = new Store();
        store.apply(1, new Command.UpsertTokens(List.of(token("a", "one"))));
        store.apply(2, new Command.UpsertTokens(List.of(token("a", "two"))));
        store.published(2);

        assertThat(store.state().acl().withSecret("one")).isNull();
        assertThat(store.state().acl().withSecret("two").createIndex()).isEqualTo(1);
        assertThat(store.state().acl().withSecret("two").toString()).doesNotContain("two");
    }

    @Test
    void aRolesNameIsItsOwn() {
        Store store = new Store();
        AclRole role = new AclRole(0, "", "", "id-1", 0, "ops", List.of(new AclRole.PolicyLink("p")));
        store.apply(1, new Command.UpsertRoles(List.of(role)));

        assertThatThrownBy(() -> store.apply(2, new Command.UpsertRoles(List.of(role.withId("id-2")))))
                .isInstanceOf(RefusedException.class).hasMessage("role with name ops already exists");
    }

    @Test
    void theDefaultNamespaceStays() {
        assertThatThrownBy(() -> new Store().apply(1, new Command.DeleteNamespaces(List.of("default"))))
                .hasMessage("default namespace can not be deleted");
    }

    /** Plan: a method and its rule; a saved state that is restored has both; the rule goes with the method. */
    @Test
    void waysToLogInAreKeptWithTheirRules() throws IOException {
        Store store = new Store();
        AclAuthMethod method = new AclAuthMethod(null, 0, null, true, "", Duration.ofMinutes(5), 0, null, "ci", "local", "f", "JWT");
        AclBindingRule rule = new AclBindingRule("ci", "ops", "role", 0, null, "", "", "id-1", 0, null, "");
        assertThatThrownBy(() -> store.apply(1, new Command.UpsertBindingRules(List.of(rule)))).hasMessage("ACL auth method ci not found");
        store.apply(2, new Command.UpsertAuthMethods(List.of(method)));
        store.apply(3, new Command.UpsertBindingRules(List.of(rule)));
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        store.save(saved);

        Store restored = new Store();
        restored.restore(new ByteArrayInputStream(saved.toByteArray()));
        restored.published(3);
        assertThat(restored.state().acl().defaultMethod().maxTokenTtl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(restored.state().acl().bindingRules().get("id-1").createIndex()).isEqualTo(3);
        restored.apply(4, new Command.DeleteAuthMethods(List.of("ci")));
        restored.published(4);
        assertThat(restored.state().acl().bindingRules().values()).isEmpty();
    }
}
