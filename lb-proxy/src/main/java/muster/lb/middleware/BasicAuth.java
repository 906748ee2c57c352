package muster.lb.middleware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import muster.lb.auth.Htpasswd;
import muster.lb.auth.Htpasswd.Credentials;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.tree.Values;

/** basicAuth: a name and a password (RFC 7617), checked off the event loop. */
public final class BasicAuth implements Middleware {
    private final Htpasswd users;
    private final String realm;
    private final Values options;
    private final Surroundings surroundings;

    BasicAuth(Values options, Surroundings surroundings) {
        this.users = Htpasswd.parse(String.join("\n", lines(options, surroundings)));
        if (!users.problems().isEmpty()) {
            throw new IllegalArgumentException("error parsing BasicUser: " + users.problems().getFirst());
        }
        if (users.users().isEmpty()) {
            throw new IllegalArgumentException("no users found");
        }
        this.realm = options.text("realm").isEmpty() ? "traefik" : options.text("realm");
        this.options = options;
        this.surroundings = surroundings;
    }

    /** The users of the file and those of the option, which win. */
    static List<String> lines(Values options, Surroundings surroundings) {
        List<String> lines = new ArrayList<>();
        if (!options.text("usersFile").isEmpty()) {
            surroundings.files().apply(options.text("usersFile")).lines().forEach(lines::add);
        }
        lines.addAll(options.texts("users"));
        return lines;
    }

    /** The user that a request names, whether the password is right or not; for logs. */
    public static Optional<String> user(HeaderList headers) {
        return Credentials.basic(headers.first("Authorization").orElse("")).map(Credentials::user);
    }

    @Override
    public Decision handle(RequestHead head, Next next) {
        Optional<Credentials> told = Credentials.basic(head.headers().first("Authorization").orElse(""));
        if (told.isEmpty()) {
            return challenge("Basic realm=\"" + realm + "\"");
        }
        return new Decision.Later(CompletableFuture
                .supplyAsync(() -> users.admits(told.get()), surroundings.blocking())
                .thenApply(isRight -> isRight
                        ? next.handle(admitted(head, told.get().user(), options))
                        : challenge("Basic realm=\"" + realm + "\"")));
    }

    /** The request as the service gets it: with the user's name and without the password, if that is wanted. */
    static RequestHead admitted(RequestHead head, String user, Values options) {
        HeaderList headers = head.headers().copy();
        if (!options.text("headerField").isEmpty()) {
            headers.set(HeaderList.canonical(options.text("headerField")), user);
        }
        if (options.flag("removeHeader")) {
            headers.remove("Authorization");
        }
        return head.withHeaders(headers);
    }

    static Decision challenge(String value) {
        Answer answer = Decisions.plain(401, "401 Unauthorized\n");
        answer.headers().add("Www-Authenticate", value);
        return answer;
    }
}
