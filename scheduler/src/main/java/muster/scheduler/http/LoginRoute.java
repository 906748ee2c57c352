package muster.scheduler.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.Bindings;
import muster.scheduler.acl.Claims;
import muster.scheduler.acl.Proofs;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Values;
import muster.scheduler.state.AclAuthMethod;
import muster.scheduler.state.AclToken;
import muster.scheduler.state.Command;
import muster.wire.GoQuote;
import muster.wire.login.LoginException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /v1/acl/login}: a token for a proof of identity (API page "ACL Login"). Whoever asks has no token yet. */
final class LoginRoute {
    /** Why there is no login through a browser, and what to do instead. */
    static final String NO_OIDC = "auth methods of type OIDC are not offered, as nothing here takes a browser's way back from a provider: "
            + "use type JWT with the provider's OIDCDiscoveryURL or JWKSURL, and log in with the ID token that the provider gives";

    private static final Logger LOG = LoggerFactory.getLogger(LoginRoute.class);
    /** Each may wait for keys of another server. */
    private static final int MOST_AT_ONCE = 32;

    record LoginBody(String authMethodName, String loginToken) {
        /** Without the proof, which never reaches a log. */
        @Override
        public String toString() {
            return "LoginBody[" + authMethodName + "]";
        }
    }

    private final Answers answers;
    private final Writer writer;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);

    LoginRoute(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply login(Call call) {
        Answers.writing(call);
        LoginBody body = Answers.body(LoginBody.class, call);
        List<String> faults = new ArrayList<>();
        if (Values.text(body.authMethodName()).isEmpty()) {
            faults.add("missing auth method name");
        }
        if (Values.text(body.loginToken()).isEmpty()) {
            faults.add("missing login token");
        }
        if (!faults.isEmpty()) {
            throw new ApiException(400, "invalid login request: " + Answers.errors(faults));
        }
        AclAuthMethod method = answers.state().acl().authMethods().get(body.authMethodName());
        if (method == null) {
            throw new ApiException(400, "auth-method " + GoQuote.quote(body.authMethodName()) + " not found");
        }
        if (!method.type().equals(AclAuthMethod.JWT)) {
            throw new ApiException(400, "unsupported auth-method type: " + method.type());
        }
        AclToken token = token(method, claims(method, body.loginToken()));
        long index = writer.write(new Command.UpsertTokens(List.of(token))).index();
        LOG.info("logged in method={} accessor={} name={}", method.name(), token.accessorId(), GoQuote.quote(token.name()));
        return Answers.written(call, TokenRoutes.view(writer.state().acl().tokens().get(token.accessorId())), index);
    }

    private Claims claims(AclAuthMethod method, String proof) {
        if (!room.tryAcquire()) {
            throw new ApiException(429, "this server checks " + MOST_AT_ONCE + " logins already: try again");
        }
        try {
            return Proofs.of(method.config()).check(proof, writer.now());
        } catch (LoginException e) {
            throw new ApiException(401, "unable to validate provided token: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(500, "the server is shutting down");
        } finally {
            room.release();
        }
    }

    private AclToken token(AclAuthMethod method, Claims claims) {
        Bindings bindings;
        try {
            bindings = Bindings.of(answers.state().acl(), method, claims);
        } catch (LoginException e) {
            throw new ApiException(500, e.getMessage());
        }
        if (bindings.areNone()) {
            throw new ApiException(400, "no role or policy bindings matched");
        }
        return new AclToken(writer.id(), 0, writer.now(), writer.now().plus(method.maxTokenTtl()),
                method.tokenLocality().equals(AclAuthMethod.GLOBAL), "", 0, Bindings.tokenName(method, claims), bindings.policies(),
                bindings.roles(), writer.id(), bindings.management() ? AclToken.MANAGEMENT : AclToken.CLIENT);
    }
}
