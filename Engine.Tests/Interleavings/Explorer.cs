namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>
/// Walks through every state that a model can reach, by any order of its threads' steps and of the stores that leave their
/// buffers, the nearest first: the schedule to what it finds is as short as one can be.
/// </summary>
internal sealed class Explorer
{
    /// <summary>A model with more states than this is too large for a test.</summary>
    private const int MostStates = 3_000_000;

    /// <summary>A step of the thread itself, and one for each store in its buffer.</summary>
    private const int MovesOfThread = 1 + Machine.MostStores;

    private readonly Model _model;
    private readonly Machine _machine;
    private readonly StateSet _seen;
    private readonly List<int> _parents = [];
    private readonly List<(int From, int To)> _moves = [];
    private readonly List<int> _ends = [];

    private Explorer(Model model)
    {
        _model = model;
        _machine = model.Start();
        _seen = new StateSet(_machine.Size);
    }

    /// <summary>Explores a model to the end, or to the first thing that is wrong.</summary>
    public static Exploration Explore(Model model)
    {
        var explorer = new Explorer(model);
        Finding? finding = explorer.Run();
        return new Exploration(finding, explorer._seen.Count, model.Guards);
    }

    private Finding? Run()
    {
        _seen.TryAdd(_machine.State, out _);
        _parents.Add(-1);
        for (int state = 0; state < _seen.Count; state++)
        {
            if (Check(state, _model.AlwaysTrue) is { } untrue)
            {
                return new Finding(untrue, ScheduleTo(state));
            }

            bool moved = false;
            for (int move = 0; move < _machine.Threads * MovesOfThread; move++)
            {
                if (!TryMove(state, move, out _))
                {
                    continue;
                }

                moved = true;
                if (_machine.Violation is { } violation)
                {
                    return new Finding(violation, [.. ScheduleTo(state), LineOf(state, move)]);
                }

                NoteMove(state);
            }

            if (!moved && CheckEnd(state) is { } left)
            {
                return new Finding(left, ScheduleTo(state));
            }
        }

        return FindEndless();
    }

    /// <summary>The machine stands in a successor of a state.</summary>
    private void NoteMove(int state)
    {
        if (_seen.TryAdd(_machine.State, out int successor))
        {
            _parents.Add(state);
            if (successor > MostStates)
            {
                throw new InvalidOperationException($"The model has more than {MostStates} states: make it smaller.");
            }
        }

        _moves.Add((state, successor));
    }

    /// <summary>Makes one move from a state. False if it cannot be made there.</summary>
    private bool TryMove(int state, int move, out string text)
    {
        text = "";
        (int thread, int store) = (move / MovesOfThread, (move % MovesOfThread) - 1);
        _seen[state].CopyTo(_machine.State);
        if (store < 0)
        {
            return _machine.TryStep(thread);
        }

        if (store >= _machine.StoresOf(thread) || !_machine.TryDrain(thread, store, out int word, out int value))
        {
            return false;
        }

        text = $"(its {_model.AllWords[word].Name} = {_model.AllWords[word].Show(value)} reaches memory)";
        return true;
    }

    private string? Check(int state, IReadOnlyList<(string Sentence, Condition Holds)> truths)
    {
        _seen[state].CopyTo(_machine.State);
        foreach ((string sentence, Condition holds) in truths)
        {
            if (!holds(_machine))
            {
                return sentence;
            }
        }

        return null;
    }

    /// <summary>Nobody can go on: everybody has to be at the end.</summary>
    private string? CheckEnd(int state)
    {
        _ends.Add(state);
        if (Check(state, _model.TrueAtTheEnd) is { } untrue)
        {
            return untrue;
        }

        for (int thread = 0; thread < _machine.Threads; thread++)
        {
            if (!_machine.HasEnded(thread))
            {
                return $"The {_model.Scripts[thread].Name} waits for ever.";
            }
        }

        return null;
    }

    /// <summary>Threads that turn in circles: a state from which no way leads to an end.</summary>
    private Finding? FindEndless()
    {
        ILookup<int, int> predecessors = _moves.ToLookup(static move => move.To, static move => move.From);
        bool[] canEnd = new bool[_seen.Count];
        var open = new Stack<int>(_ends);
        while (open.TryPop(out int state))
        {
            if (!canEnd[state])
            {
                canEnd[state] = true;
                foreach (int predecessor in predecessors[state])
                {
                    open.Push(predecessor);
                }
            }
        }

        int endless = Array.IndexOf(canEnd, false);
        return endless < 0 ? null : new Finding($"Nothing leads to an end any more; {WhereAll(endless)}.", ScheduleTo(endless));
    }

    private string WhereAll(int state)
    {
        _seen[state].CopyTo(_machine.State);
        return string.Join(", ", _model.Scripts.Select((script, thread) => $"the {script.Name} "
            + (_machine.IsAsleep(thread) ? "is asleep" : _machine.NextOf(thread)?.Text ?? "has ended")));
    }

    /// <summary>The schedule that a state was found by, one line a move.</summary>
    private List<string> ScheduleTo(int state)
    {
        List<string> lines = [];
        for (int parent = _parents[state]; parent >= 0; (state, parent) = (parent, _parents[parent]))
        {
            for (int move = 0; move < _machine.Threads * MovesOfThread; move++)
            {
                if (TryMove(parent, move, out _) && _seen[state].SequenceEqual(_machine.State))
                {
                    lines.Add(LineOf(parent, move));
                    break;
                }
            }
        }

        lines.Reverse();
        return lines;
    }

    private string LineOf(int state, int move)
    {
        int thread = move / MovesOfThread;
        _seen[state].CopyTo(_machine.State);
        Instruction? next = _machine.NextOf(thread);
        TryMove(state, move, out string text);
        if (text.Length == 0)
        {
            text = next!.Text + (next.Result is { } result ? $": {result.Word.Show(_machine.LastResult)}" : "");
        }

        return $"  {_model.Scripts[thread].Name,-12} {text}";
    }
}
