package muster.template.language;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import muster.template.language.Token.Kind;
import muster.wire.GoQuote;

/** Recursive descent over the tokens of one source; the result is a template for each name defined in it. */
final class Parser {
    /** What ends a list of statements. */
    private record Body(List<Node.Statement> statements, Node.BodyEnd end) {}

    private final Tokens tokens;
    private final Nesting nesting;
    private final PipelineParser pipelines;
    private final Map<String, List<Node.Statement>> definitions = new HashMap<>();
    private int ranges;

    private Parser(Tokens tokens, Predicate<String> isFunction) {
        this.tokens = tokens;
        this.nesting = new Nesting(tokens);
        this.pipelines = new PipelineParser(tokens, nesting, isFunction);
    }

    static Map<String, List<Node.Statement>> parse(
            String name, String source, Delimiters delimiters, Predicate<String> isFunction) {
        Parser parser = new Parser(new Tokens(name, Lexer.tokens(source, delimiters)), isFunction);
        List<Node.Statement> root = parser.file();
        parser.define(name, root);
        return parser.definitions;
    }

    private List<Node.Statement> file() {
        List<Node.Statement> statements = new ArrayList<>();
        while (tokens.peek().kind() != Kind.END_OF_FILE) {
            if (tokens.peek().kind() == Kind.LEFT_DELIMITER) {
                int before = tokens.mark();
                tokens.next();
                if (tokens.nextNonSpace().kind() == Kind.DEFINE) {
                    definition();
                    continue;
                }
                tokens.rewind(before);
            }
            switch (statementOrEnd()) {
                case Node.Statement statement -> statements.add(statement);
                case Node.BodyEnd end -> throw tokens.error("unexpected " + end);
            }
        }
        return statements;
    }

    private void definition() {
        String context = "define clause";
        String defined = templateName(tokens.nextNonSpace(), context);
        tokens.expect(Kind.RIGHT_DELIMITER, context);
        define(defined, separateBody(context));
    }

    /** The body of a define or block: it sees no variables or ranges from outside. */
    private List<Node.Statement> separateBody(String context) {
        List<String> outer = pipelines.suspend();
        int outerRanges = ranges;
        ranges = 0;
        Body body = body();
        if (body.end().isElse()) {
            throw tokens.error("unexpected {{else}} in " + context);
        }
        pipelines.resume(outer);
        ranges = outerRanges;
        return body.statements();
    }

    private void define(String defined, List<Node.Statement> statements) {
        List<Node.Statement> former = definitions.get(defined);
        if (former == null || isBlank(former)) {
            definitions.put(defined, List.copyOf(statements));
        } else if (!isBlank(statements)) {
            throw tokens.error("template: multiple definition of template " + GoQuote.quote(defined));
        }
    }

    private static boolean isBlank(List<Node.Statement> statements) {
        return statements.stream().allMatch(s -> s instanceof Node.Text text && text.text().isBlank());
    }

    private Body body() {
        nesting.enter("max nesting depth exceeded");
        List<Node.Statement> statements = new ArrayList<>();
        while (tokens.peekNonSpace().kind() != Kind.END_OF_FILE) {
            switch (statementOrEnd()) {
                case Node.Statement statement -> statements.add(statement);
                case Node.BodyEnd end -> {
                    nesting.leave();
                    return new Body(List.copyOf(statements), end);
                }
            }
        }
        throw tokens.error("unexpected EOF");
    }

    private Node.Part statementOrEnd() {
        Token token = tokens.nextNonSpace();
        return switch (token.kind()) {
            case TEXT -> new Node.Text(token.position(), token.text());
            case LEFT_DELIMITER -> {
                tokens.inAction(token.line());
                Node.Part action = action();
                tokens.inAction(0);
                yield action;
            }
            default -> throw tokens.unexpected(token, "input");
        };
    }

    private Node.Part action() {
        Token token = tokens.nextNonSpace();
        switch (token.kind()) {
            case BLOCK -> {
                return block();
            }
            case BREAK -> {
                leaveRange("{{break}}");
                return new Node.Break(token.position());
            }
            case CONTINUE -> {
                leaveRange("{{continue}}");
                return new Node.Continue(token.position());
            }
            case ELSE -> {
                Kind after = tokens.peekNonSpace().kind();
                if (after != Kind.IF && after != Kind.WITH) {
                    tokens.expect(Kind.RIGHT_DELIMITER, "else");
                }
                return new Node.BodyEnd(token.position(), true);
            }
            case END -> {
                tokens.expect(Kind.RIGHT_DELIMITER, "end");
                return new Node.BodyEnd(token.position(), false);
            }
            case IF, RANGE, WITH -> {
                return control(token);
            }
            case TEMPLATE -> {
                return call();
            }
            default -> {
                tokens.back();
                return new Node.Action(tokens.peek().position(), pipelines.pipeline("command", Kind.RIGHT_DELIMITER));
            }
        }
    }

    private void leaveRange(String what) {
        Token token = tokens.nextNonSpace();
        if (token.kind() != Kind.RIGHT_DELIMITER) {
            throw tokens.unexpected(token, what);
        }
        if (ranges == 0) {
            throw tokens.error(what + " outside {{range}}");
        }
    }

    private Node.Statement control(Token keyword) {
        int mark = pipelines.enter();
        Node.Pipeline pipeline = pipelines.pipeline(keyword.text(), Kind.RIGHT_DELIMITER);
        boolean range = keyword.kind() == Kind.RANGE;
        ranges += range ? 1 : 0;
        Body then = body();
        ranges -= range ? 1 : 0;
        List<Node.Statement> otherwise = List.of();
        if (then.end().isElse()) {
            otherwise = otherwise(keyword.kind());
        }
        pipelines.leave(mark);
        int position = pipeline.position();
        return switch (keyword.kind()) {
            case IF -> new Node.If(position, pipeline, then.statements(), otherwise);
            case WITH -> new Node.With(position, pipeline, then.statements(), otherwise);
            default -> new Node.Range(position, pipeline, then.statements(), otherwise);
        };
    }

    /** After {{else}}; {@code else if} within if and {@code else with} within with are nested and share the end. */
    private List<Node.Statement> otherwise(Kind keyword) {
        if (keyword != Kind.RANGE && tokens.peek().kind() == keyword) {
            nesting.enter("max nesting depth exceeded");
            Node.Statement nested = control(tokens.next());
            nesting.leave();
            return List.of(nested);
        }
        Body body = body();
        if (body.end().isElse()) {
            throw tokens.error("expected end; found {{else}}");
        }
        return body.statements();
    }

    private Node.Statement block() {
        String context = "block clause";
        Token token = tokens.nextNonSpace();
        String defined = templateName(token, context);
        Node.Pipeline pipeline = pipelines.pipeline(context, Kind.RIGHT_DELIMITER);
        define(defined, separateBody(context));
        return new Node.Call(token.position(), defined, pipeline);
    }

    private Node.Statement call() {
        String context = "template clause";
        Token token = tokens.nextNonSpace();
        String called = templateName(token, context);
        Node.Pipeline pipeline = null;
        if (tokens.nextNonSpace().kind() != Kind.RIGHT_DELIMITER) {
            tokens.back();
            pipeline = pipelines.pipeline(context, Kind.RIGHT_DELIMITER);
        }
        return new Node.Call(token.position(), called, pipeline);
    }

    private String templateName(Token token, String context) {
        if (token.kind() != Kind.STRING && token.kind() != Kind.RAW_STRING) {
            throw tokens.unexpected(token, context);
        }
        return tokens.unquote(token);
    }
}
