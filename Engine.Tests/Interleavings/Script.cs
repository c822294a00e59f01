namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>The program of one thread of a model, written instruction by instruction.</summary>
internal sealed class Script(Model model, int number, string name)
{
    private readonly List<Instruction> _instructions = [];
    private readonly Stack<Label> _loops = new();

    /// <summary>The number of the thread, from 1.</summary>
    public int Number { get; } = number;

    public string Name { get; } = name;

    public Instruction[] Instructions => [.. _instructions];

    /// <summary>A register of this thread.</summary>
    public Local Local(string name) => model.NextLocal(name);

    /// <summary>A plain or volatile load.</summary>
    public void Load(Word word, Local into) => Add(new Instruction(
        $"reads {word.Name}", false, machine => Keep(machine, into, machine.Load(word)), (into, word)));

    /// <summary>A load of one of several words.</summary>
    public void Load(Word[] words, Operand index, Local into) => Add(new Instruction(
        $"reads {words[0].Name}[…]", false, machine => Keep(machine, into, machine.Load(words[index.In(machine)])), (into, words[0])));

    /// <summary>A plain store.</summary>
    public void Store(Word word, Operand value) => Add(new Instruction(
        $"writes {word.Name}", false, machine => machine.TryStore(word, value.In(machine), release: false)));

    /// <summary>A plain store to one of several words.</summary>
    public void Store(Word[] words, Operand index, Operand value) => Add(new Instruction(
        $"writes {words[0].Name}[…]", false, machine => machine.TryStore(words[index.In(machine)], value.In(machine), release: false)));

    /// <summary>Volatile.Write; plain if the guard is taken out.</summary>
    public void Release(Word word, Operand value, Guard? guard = null)
    {
        bool releases = model.Has(guard);
        Add(new Instruction($"writes {word.Name}", false, machine => machine.TryStore(word, value.In(machine), releases)));
    }

    /// <summary>Interlocked.MemoryBarrier; nothing if the guard is taken out.</summary>
    public void Fence(Guard? guard = null)
    {
        if (model.Has(guard))
        {
            Add(new Instruction("full fence", false, static machine => machine.IsDrained()));
        }
    }

    /// <summary>Interlocked.CompareExchange; still atomic, but no fence, if the guard is taken out.</summary>
    public void CompareExchange(Word word, Operand value, Operand comparand, Local into, Guard? fence = null)
        => Change(word, $"compares and exchanges {word.Name}", into, fence, (machine, before)
            => before == comparand.In(machine) ? value.In(machine) : before);

    /// <summary>Interlocked.Exchange; still atomic, but no fence, if the guard is taken out.</summary>
    public void Exchange(Word word, Operand value, Local? into = null, Guard? fence = null)
        => Change(word, $"exchanges {word.Name}", into, fence, (machine, _) => value.In(machine));

    /// <summary>Interlocked.Add; still atomic, but no fence, if the guard is taken out.</summary>
    public void Add(Word word, int change, Guard? fence = null)
        => Change(word, $"adds {change} to {word.Name}", null, fence, (_, before) => (byte)(before + change));

    public void Enter(Gate gate) => Add(new Instruction($"enters {gate.Holder.Name}", false, machine => machine.TryEnter(gate)));

    public void Exit(Gate gate) => Add(new Instruction(
        $"leaves {gate.Holder.Name}", false, machine => machine.TryStore(gate.Holder, 0, release: true)));

    public void Under(Gate gate, Action body)
    {
        Enter(gate);
        body();
        Exit(gate);
    }

    /// <summary>Monitor.Wait without a timeout.</summary>
    public void Sleep(Gate gate)
    {
        Add(new Instruction($"sleeps at {gate.Holder.Name}", false, machine => machine.TrySleep(gate)));
        Enter(gate);
    }

    /// <summary>Monitor.PulseAll, under the gate.</summary>
    public void Pulse(Gate gate) => Add(new Instruction(
        $"wakes who sleeps at {gate.Holder.Name}",
        false,
        machine =>
        {
            machine.Pulse(gate);
            return true;
        }));

    /// <summary>Monitor.Pulse, under the gate: the thread that has slept longest.</summary>
    public void PulseOne(Gate gate) => Add(new Instruction(
        $"wakes one that sleeps at {gate.Holder.Name}",
        false,
        machine =>
        {
            machine.PulseOne(gate);
            return true;
        }));

    public void Set(Local local, Operand value) => Do(machine => machine[local] = value.In(machine));

    /// <summary>Something that is no part of the program under test, in the same moment as the step before it.</summary>
    public void Do(Action<Machine> action) => Add(new Instruction(
        "", true, machine =>
        {
            action(machine);
            return true;
        }));

    /// <summary>A truth of the model at this place.</summary>
    public void Assert(string sentence, Condition holds) => Do(machine =>
    {
        if (!holds(machine))
        {
            machine.Fail(sentence);
        }
    });

    public void If(Condition condition, Action then, Action? otherwise = null)
    {
        Label @else = new();
        Label end = new();
        JumpUnless(condition, @else);
        then();
        if (otherwise is not null)
        {
            Jump(end);
        }

        Place(@else);
        otherwise?.Invoke();
        Place(end);
    }

    /// <summary>Repeats until <see cref="Break"/>. Each turn has to touch shared memory.</summary>
    public void Loop(Action body)
    {
        Label start = new();
        Label end = new();
        Place(start);
        _loops.Push(end);
        body();
        _loops.Pop();
        Jump(start);
        Place(end);
    }

    public void Break() => Jump(_loops.Peek());

    /// <summary>A piece of a program that <see cref="Leave"/> ends: a method that is called here.</summary>
    public void Method(Action<Label> body)
    {
        Label end = new();
        body(end);
        Place(end);
    }

    public void Leave(Label method) => Jump(method);

    private void Change(Word word, string text, Local? into, Guard? fence, Func<Machine, int, int> change)
    {
        bool isFence = model.Has(fence);
        Add(new Instruction(
            text,
            false,
            machine => machine.TryExchange(word, change, isFence, out int before) && (into is null || Keep(machine, into, before)),
            into is null ? null : (into, word)));
    }

    private void Jump(Label label) => JumpUnless(static _ => false, label);

    private void JumpUnless(Condition condition, Label label) => Add(new Instruction(
        "", true, machine =>
        {
            if (!condition(machine))
            {
                machine.Next = label.Target;
            }

            return true;
        }));

    private void Place(Label label) => label.Target = _instructions.Count;

    private void Add(Instruction instruction) => _instructions.Add(instruction);

    private static bool Keep(Machine machine, Local local, int value)
    {
        machine.Keep(local, value);
        return true;
    }

    /// <summary>A place in a program.</summary>
    internal sealed class Label
    {
        public int Target { get; set; }
    }
}
