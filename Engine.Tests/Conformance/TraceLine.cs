using System.Globalization;

namespace Engine.Mbufs.Tests.Conformance;

/// <summary>One operation of a trace, whose arguments are read one after the other and each as what it must be.</summary>
/// <param name="number">Counts operations from 1.</param>
/// <param name="fileLine">Counts the lines of the file from 1.</param>
/// <param name="text">The line.</param>
internal sealed class TraceLine(int number, int fileLine, string text)
{
    private readonly string[] _words = text.Split(' ');
    private int _next = 1;

    public int Number { get; } = number;

    public int FileLine { get; } = fileLine;

    public string Text { get; } = text;

    public string Operation => _words[0];

    public bool HasMore => _next < _words.Length;

    /// <summary>Every line but comments and empty ones.</summary>
    public static IReadOnlyList<TraceLine> ParseAll(string[] lines)
    {
        var operations = new List<TraceLine>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && lines[i][0] != '#')
            {
                operations.Add(new TraceLine(operations.Count + 1, i + 1, lines[i]));
            }
        }

        return operations;
    }

    public int Register() => Place('r', TraceMachine.RegisterCount);

    public int Tag() => Place('t', TraceMachine.TagCount);

    public int Queue() => Place('q', TraceMachine.QueueCount);

    public int Integer() => Parsed<int>(NumberStyles.AllowLeadingSign, "a number");

    /// <summary>A count of bytes or the like, which cannot be negative.</summary>
    public int Count()
    {
        int value = Integer();
        return value >= 0 ? value : throw Wrong("a number of zero or more");
    }

    public uint Unsigned() => Parsed<uint>(NumberStyles.None, "an unsigned number of 32 bits");

    public ushort Short() => Parsed<ushort>(NumberStyles.None, "an unsigned number of 16 bits");

    public byte Small() => Parsed<byte>(NumberStyles.None, "an unsigned number of 8 bits");

    /// <summary>0 or 1.</summary>
    public bool Flag() => Word() switch
    {
        "0" => false,
        "1" => true,
        _ => throw Wrong("0 or 1"),
    };

    /// <summary>Two arguments: the number of bytes of a pattern, and its seed.</summary>
    public byte[] Pattern()
    {
        int length = Count();
        return TracePayload.Pattern(Unsigned(), length);
    }

    public byte[] Bytes()
    {
        string word = Word();
        return word.Length > 0 && word.Length % 2 == 0 && word.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(word)
            : throw Wrong("an even number of hexadecimal digits");
    }

    public MbufType Type() => TraceNames.TypeOf(Word());

    public MbufClusterSize ClusterSize()
    {
        var size = (MbufClusterSize)Integer();
        return Enum.IsDefined(size) ? size : throw Wrong("the size of a cluster");
    }

    /// <summary>A number, or M_COPYALL.</summary>
    public int Length()
    {
        if (HasMore && _words[_next] == "M_COPYALL")
        {
            _next++;
            return MbufSizes.CopyAll;
        }

        return Count();
    }

    public string Word()
    {
        if (!HasMore)
        {
            throw new TraceException($"An argument is missing behind \"{Text}\".");
        }

        return _words[_next++];
    }

    public void ExpectEnd()
    {
        if (HasMore)
        {
            throw new TraceException($"\"{_words[_next]}\" is one argument too many.");
        }
    }

    private int Place(char letter, int count)
    {
        string word = Word();
        bool right = word.Length is 2 or 3 && word[0] == letter && (word.Length == 2 || word[1] != '0');
        return right && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < count
            ? place
            : throw Wrong($"one of {letter}0 to {letter}{count - 1}");
    }

    private T Parsed<T>(NumberStyles styles, string what)
        where T : System.Numerics.INumber<T>
    {
        string word = Word();
        bool right = !word.StartsWith('+') & T.TryParse(word, styles, CultureInfo.InvariantCulture, out T? value);
        return right ? value! : throw Wrong(what);
    }

    private TraceException Wrong(string what) => new($"\"{_words[_next - 1]}\" should be {what}.");
}
