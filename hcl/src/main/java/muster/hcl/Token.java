package muster.hcl;

/** A lexical element with its text and place. */
record Token(Kind kind, String text, SourceRange range) {
    enum Kind {
        OPEN_BRACE,
        CLOSE_BRACE,
        OPEN_BRACKET,
        CLOSE_BRACKET,
        OPEN_PAREN,
        CLOSE_PAREN,
        OPEN_QUOTE,
        CLOSE_QUOTE,
        OPEN_HEREDOC,
        CLOSE_HEREDOC,
        /** Text inside quotes, escapes not yet resolved. */
        QUOTED_TEXT,
        /** A line, or part of one, inside a heredoc. */
        HEREDOC_TEXT,
        /** A newline where quotes are open. */
        QUOTED_NEWLINE,
        INTERPOLATION,
        DIRECTIVE,
        SEQUENCE_END,
        STAR,
        SLASH,
        PLUS,
        MINUS,
        PERCENT,
        ASSIGN,
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_EQUAL,
        GREATER,
        GREATER_EQUAL,
        AND,
        OR,
        BANG,
        DOT,
        COMMA,
        ELLIPSIS,
        FAT_ARROW,
        QUESTION,
        COLON,
        NUMBER,
        IDENTIFIER,
        NEWLINE,
        END,
        AMPERSAND,
        PIPE,
        TILDE,
        CARET,
        STAR_STAR,
        APOSTROPHE,
        BACKTICK,
        SEMICOLON,
        INVALID
    }

    boolean is(Kind expected) {
        return kind == expected;
    }

    boolean isWord(String word) {
        return kind == Kind.IDENTIFIER && text.equals(word);
    }

    /** Whether a sequence mark asks for the white space beside it to be removed. */
    boolean trims() {
        return text.indexOf('~') >= 0;
    }
}
