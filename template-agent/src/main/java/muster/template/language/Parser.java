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
    /** Nesting of parentheses and of control structures, each; keeps the stack bounded. */
    private static final int MAX_DEPTH = 500;

    /** What ends a list of statements. */
    private record Body(List<Node.Statement> statements, Node.BodyEnd end) {}

    private final String name;
    private final List<Token> tokens;
    private final Predicate<String> isFunction;
    private final Map<String, List<Node.Statement>> definitions = new HashMap<>();
    private List<String> variables = new ArrayList<>(List.of("$"));
    private int next;
    private int newest;
    private int ranges;
    private int depth;
    private int actionLine;

    private Parser(String name, List<Token> tokens, Predicate<String> isFunction) {
        this.name = name;
        this.tokens = tokens;
        this.isFunction = isFunction;
    }

    static Map<String, List<Node.Statement>> parse(
            String name, String source, Delimiters delimiters, Predicate<String> isFunction) {
        Parser parser = new Parser(name, Lexer.tokens(source, delimiters), isFunction);
        List<Node.Statement> root = parser.file();
        parser.define(name, root);
        return parser.definitions;
    }

    private List<Node.Statement> file() {
        List<Node.Statement> statements = new ArrayList<>();
        while (peek().kind() != Kind.END_OF_FILE) {
            if (peek().kind() == Kind.LEFT_DELIMITER) {
                int before = next;
                next();
                if (nextNonSpace().kind() == Kind.DEFINE) {
                    definition();
                    continue;
                }
                next = before;
            }
            switch (statementOrEnd()) {
                case Node.Statement statement -> statements.add(statement);
                case Node.BodyEnd end -> throw error("unexpected " + end);
            }
        }
        return statements;
    }

    private void definition() {
        String context = "define clause";
        String defined = templateName(nextNonSpace(), context);
        expect(Kind.RIGHT_DELIMITER, context);
        define(defined, separateBody(context));
    }

    /** The body of a define or block: it sees no variables or ranges from outside. */
    private List<Node.Statement> separateBody(String context) {
        List<String> outerVariables = variables;
        int outerRanges = ranges;
        variables = new ArrayList<>(List.of("$"));
        ranges = 0;
        Body body = body();
        if (body.end().isElse()) {
            throw error("unexpected {{else}} in " + context);
        }
        variables = outerVariables;
        ranges = outerRanges;
        return body.statements();
    }

    private void define(String defined, List<Node.Statement> statements) {
        List<Node.Statement> former = definitions.get(defined);
        if (former == null || isBlank(former)) {
            definitions.put(defined, List.copyOf(statements));
        } else if (!isBlank(statements)) {
            throw error("template: multiple definition of template " + GoQuote.quote(defined));
        }
    }

    private static boolean isBlank(List<Node.Statement> statements) {
        return statements.stream().allMatch(s -> s instanceof Node.Text text && text.text().isBlank());
    }

    private Body body() {
        if (++depth > MAX_DEPTH) {
            throw error("max nesting depth exceeded");
        }
        List<Node.Statement> statements = new ArrayList<>();
        while (peekNonSpace().kind() != Kind.END_OF_FILE) {
            switch (statementOrEnd()) {
                case Node.Statement statement -> statements.add(statement);
                case Node.BodyEnd end -> {
                    depth--;
                    return new Body(List.copyOf(statements), end);
                }
            }
        }
        throw error("unexpected EOF");
    }

    private Node.Part statementOrEnd() {
        Token token = nextNonSpace();
        return switch (token.kind()) {
            case TEXT -> new Node.Text(token.position(), token.text());
            case LEFT_DELIMITER -> {
                actionLine = token.line();
                Node.Part action = action();
                actionLine = 0;
                yield action;
            }
            default -> throw unexpected(token, "input");
        };
    }

    private Node.Part action() {
        Token token = nextNonSpace();
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
                Kind after = peekNonSpace().kind();
                if (after != Kind.IF && after != Kind.WITH) {
                    expect(Kind.RIGHT_DELIMITER, "else");
                }
                return new Node.BodyEnd(token.position(), true);
            }
            case END -> {
                expect(Kind.RIGHT_DELIMITER, "end");
                return new Node.BodyEnd(token.position(), false);
            }
            case IF, RANGE, WITH -> {
                return control(token);
            }
            case TEMPLATE -> {
                return call();
            }
            default -> {
                next--;
                return new Node.Action(peek().position(), pipeline("command", Kind.RIGHT_DELIMITER));
            }
        }
    }

    private void leaveRange(String what) {
        Token token = nextNonSpace();
        if (token.kind() != Kind.RIGHT_DELIMITER) {
            throw unexpected(token, what);
        }
        if (ranges == 0) {
            throw error(what + " outside {{range}}");
        }
    }

    private Node.Statement control(Token keyword) {
        int mark = variables.size();
        Node.Pipeline pipeline = pipeline(keyword.text(), Kind.RIGHT_DELIMITER);
        boolean range = keyword.kind() == Kind.RANGE;
        ranges += range ? 1 : 0;
        Body then = body();
        ranges -= range ? 1 : 0;
        List<Node.Statement> otherwise = List.of();
        if (then.end().isElse()) {
            otherwise = otherwise(keyword.kind());
        }
        variables.subList(mark, variables.size()).clear();
        int position = pipeline.position();
        return switch (keyword.kind()) {
            case IF -> new Node.If(position, pipeline, then.statements(), otherwise);
            case WITH -> new Node.With(position, pipeline, then.statements(), otherwise);
            default -> new Node.Range(position, pipeline, then.statements(), otherwise);
        };
    }

    /** After {{else}}; {@code else if} within if and {@code else with} within with are nested and share the end. */
    private List<Node.Statement> otherwise(Kind keyword) {
        if (keyword != Kind.RANGE && peek().kind() == keyword) {
            if (++depth > MAX_DEPTH) {
                throw error("max nesting depth exceeded");
            }
            Node.Statement nested = control(next());
            depth--;
            return List.of(nested);
        }
        Body body = body();
        if (body.end().isElse()) {
            throw error("expected end; found {{else}}");
        }
        return body.statements();
    }

    private Node.Statement block() {
        String context = "block clause";
        Token token = nextNonSpace();
        String defined = templateName(token, context);
        Node.Pipeline pipeline = pipeline(context, Kind.RIGHT_DELIMITER);
        define(defined, separateBody(context));
        return new Node.Call(token.position(), defined, pipeline);
    }

    private Node.Statement call() {
        String context = "template clause";
        Token token = nextNonSpace();
        String called = templateName(token, context);
        Node.Pipeline pipeline = null;
        if (nextNonSpace().kind() != Kind.RIGHT_DELIMITER) {
            next--;
            pipeline = pipeline(context, Kind.RIGHT_DELIMITER);
        }
        return new Node.Call(token.position(), called, pipeline);
    }

    private String templateName(Token token, String context) {
        if (token.kind() != Kind.STRING && token.kind() != Kind.RAW_STRING) {
            throw unexpected(token, context);
        }
        return unquote(token);
    }

    private Node.Pipeline pipeline(String context, Kind end) {
        int position = peekNonSpace().position();
        List<String> declared = new ArrayList<>();
        boolean assigns = declarations(context, declared);
        List<Node.Command> commands = new ArrayList<>();
        while (true) {
            Token token = nextNonSpace();
            if (token.kind() == end) {
                checkPipeline(commands, context);
                return new Node.Pipeline(position, List.copyOf(declared), assigns, List.copyOf(commands));
            }
            switch (token.kind()) {
                case BOOL, CHARACTER_CONSTANT, COMPLEX, DOT, FIELD, IDENTIFIER, NUMBER, NIL, RAW_STRING, STRING, VARIABLE,
                        LEFT_PAREN -> {
                    next--;
                    commands.add(command());
                }
                default -> throw unexpected(token, context);
            }
        }
    }

    /** {@code $x :=}, {@code $x =}, and in a range {@code $i, $x :=}. Returns whether it assigns to existing variables. */
    private boolean declarations(String context, List<String> declared) {
        while (peekNonSpace().kind() == Kind.VARIABLE) {
            int before = next;
            Token variable = next();
            Token after = peekNonSpace();
            if (after.kind() == Kind.ASSIGN || after.kind() == Kind.DECLARE) {
                next();
                declared.add(variable.text());
                variables.add(variable.text());
                return after.kind() == Kind.ASSIGN;
            }
            if (after.kind() != Kind.CHARACTER || !after.text().equals(",")) {
                next = before;
                return false;
            }
            next();
            declared.add(variable.text());
            variables.add(variable.text());
            if (!context.equals("range") || declared.size() > 1) {
                throw error("too many declarations in " + context);
            }
            Kind following = peekNonSpace().kind();
            if (following != Kind.VARIABLE && following != Kind.RIGHT_DELIMITER && following != Kind.RIGHT_PAREN) {
                throw error("range can only initialize variables");
            }
        }
        return false;
    }

    private void checkPipeline(List<Node.Command> commands, String context) {
        if (commands.isEmpty()) {
            throw error("missing value for " + context);
        }
        for (int i = 1; i < commands.size(); i++) {
            if (commands.get(i).operands().getFirst() instanceof Node.Literal) {
                throw error("non executable command in pipeline stage " + (i + 1));
            }
        }
    }

    private Node.Command command() {
        int position = peekNonSpace().position();
        List<Node.Operand> operands = new ArrayList<>();
        while (true) {
            peekNonSpace();
            Node.Operand operand = operand();
            if (operand != null) {
                operands.add(operand);
            }
            Token token = next();
            if (token.kind() == Kind.SPACE) {
                continue;
            }
            if (token.kind() == Kind.RIGHT_DELIMITER || token.kind() == Kind.RIGHT_PAREN) {
                next--;
            } else if (token.kind() != Kind.PIPE) {
                throw unexpected(token, "operand");
            }
            if (operands.isEmpty()) {
                throw error("empty command");
            }
            return new Node.Command(position, List.copyOf(operands));
        }
    }

    /** A term and the fields taken from it; null where no term starts. */
    private Node.Operand operand() {
        Node.Operand term = term();
        if (term == null || peek().kind() != Kind.FIELD) {
            return term;
        }
        int position = peek().position();
        List<String> fields = new ArrayList<>();
        while (peek().kind() == Kind.FIELD) {
            fields.add(next().text().substring(1));
        }
        return switch (term) {
            case Node.Field field -> {
                List<String> names = new ArrayList<>(field.names());
                names.addAll(fields);
                yield new Node.Field(position, List.copyOf(names));
            }
            case Node.Variable variable -> new Node.Variable(position, variable.name(), List.copyOf(fields));
            case Node.Literal literal -> throw error("unexpected . after term " + GoQuote.quote(literal.toString()));
            case Node.Chain chain -> throw new IllegalStateException("a term is never a chain: " + chain);
            case Node.Identifier identifier -> new Node.Chain(position, identifier, List.copyOf(fields));
            case Node.Pipeline pipeline -> new Node.Chain(position, pipeline, List.copyOf(fields));
        };
    }

    private Node.Operand term() {
        Token token = nextNonSpace();
        int position = token.position();
        switch (token.kind()) {
            case IDENTIFIER -> {
                if (!isFunction.test(token.text())) {
                    throw error("function " + GoQuote.quote(token.text()) + " not defined");
                }
                return new Node.Identifier(position, token.text());
            }
            case DOT -> {
                return new Node.Dot(position);
            }
            case NIL -> {
                return new Node.Nil(position);
            }
            case VARIABLE -> {
                if (!variables.contains(token.text())) {
                    throw error("undefined variable " + GoQuote.quote(token.text()));
                }
                return new Node.Variable(position, token.text(), List.of());
            }
            case FIELD -> {
                return new Node.Field(position, List.of(token.text().substring(1)));
            }
            case BOOL -> {
                return new Node.Bool(position, token.text().equals("true"));
            }
            case CHARACTER_CONSTANT, COMPLEX, NUMBER -> {
                return new Node.Number(position, number(token));
            }
            case LEFT_PAREN -> {
                if (++depth > MAX_DEPTH) {
                    throw error("max expression depth exceeded");
                }
                Node.Pipeline inner = pipeline("parenthesized pipeline", Kind.RIGHT_PAREN);
                depth--;
                return inner;
            }
            case STRING, RAW_STRING -> {
                return new Node.StringLiteral(position, token.text(), unquote(token));
            }
            default -> {
                next--;
                return null;
            }
        }
    }

    private NumberLiteral number(Token token) {
        try {
            return NumberLiteral.of(token);
        } catch (IllegalArgumentException | Quoting.SyntaxException | Quoting.MalformedCharacterException e) {
            throw error(e.getMessage());
        }
    }

    private String unquote(Token token) {
        try {
            return Quoting.unquote(token.text());
        } catch (Quoting.SyntaxException e) {
            throw error(e.getMessage());
        }
    }

    private Token peek() {
        int index = Math.min(next, tokens.size() - 1);
        newest = Math.max(newest, index);
        return tokens.get(index);
    }

    /** The next token; the last one, which is an end or an error, is returned again and again. */
    private Token next() {
        Token token = peek();
        next++;
        return token;
    }

    private Token nextNonSpace() {
        skipSpace();
        return next();
    }

    private Token peekNonSpace() {
        skipSpace();
        return peek();
    }

    private void skipSpace() {
        while (peek().kind() == Kind.SPACE) {
            next++;
        }
    }

    private void expect(Kind kind, String context) {
        Token token = nextNonSpace();
        if (token.kind() != kind) {
            throw unexpected(token, context);
        }
    }

    private TemplateException unexpected(Token token, String context) {
        if (token.kind() != Kind.ERROR) {
            return error("unexpected " + token + " in " + context);
        }
        String extra = "";
        if (actionLine != 0 && actionLine != token.line()) {
            extra = (token.text().endsWith(" action") ? " started at " : " in action started at ") + name + ":" + actionLine;
        }
        return error(token.text() + extra);
    }

    private TemplateException error(String message) {
        return new TemplateException(
                TemplateException.Phase.PARSE, "template: " + name + ":" + tokens.get(newest).line() + ": " + message);
    }
}
