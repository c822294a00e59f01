namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>A protocol on shared words: its threads, and what has to hold whatever order they run in.</summary>
/// <param name="without">The one guard that is taken out, or null for the protocol as it is.</param>
internal sealed class Model(Guard? without = null)
{
    private readonly List<Word> _words = [];
    private readonly List<int> _initial = [];
    private readonly List<Script> _scripts = [];
    private readonly List<(string Sentence, Condition Holds)> _always = [];
    private readonly List<(string Sentence, Condition Holds)> _finally = [];
    private int _locals;
    private int _mostLocals;
    private int _gates;

    public IReadOnlyList<Script> Scripts => _scripts;

    public IReadOnlyList<Word> AllWords => _words;

    /// <summary>What holds in each state.</summary>
    public IReadOnlyList<(string Sentence, Condition Holds)> AlwaysTrue => _always;

    /// <summary>What holds when no thread can go on.</summary>
    public IReadOnlyList<(string Sentence, Condition Holds)> TrueAtTheEnd => _finally;

    /// <summary>Guards that the programs asked for: each is part of this model.</summary>
    public HashSet<Guard> Guards { get; } = [];

    /// <summary>False if it is the guard that was taken out.</summary>
    public bool Has(Guard? guard)
    {
        if (guard is { } named)
        {
            Guards.Add(named);
        }

        return guard is null || guard != without;
    }

    public Word Word(string name, int initial = 0, params string[] values)
    {
        var word = new Word(_words.Count, name, values);
        _words.Add(word);
        _initial.Add(initial);
        return word;
    }

    public Word[] Words(string name, params int[] initial) => [.. initial.Select((value, number) => Word($"{name}[{number}]", value))];

    public Gate Gate(string name) => new(_gates++, Word(name));

    public void Thread(string name, Action<Script> body)
    {
        _locals = 0;
        var script = new Script(this, _scripts.Count + 1, name);
        body(script);
        _scripts.Add(script);
    }

    public void Always(string sentence, Condition holds) => _always.Add((sentence, holds));

    public void Finally(string sentence, Condition holds) => _finally.Add((sentence, holds));

    public Local NextLocal(string name)
    {
        var local = new Local(_locals++, name);
        _mostLocals = Math.Max(_mostLocals, _locals);
        return local;
    }

    /// <summary>The state that every schedule starts in.</summary>
    public Machine Start()
    {
        var machine = new Machine(_words.Count, _mostLocals, [.. _scripts.Select(static script => script.Instructions)]);
        machine.State = new byte[machine.Size];
        for (int word = 0; word < _words.Count; word++)
        {
            machine.State[word] = (byte)_initial[word];
        }

        for (int thread = 0; thread < _scripts.Count; thread++)
        {
            machine.RunLocal(thread);
        }

        return machine;
    }
}
