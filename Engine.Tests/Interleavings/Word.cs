namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>A word that the threads of a model share. Stores to it may lie in a store buffer for a while.</summary>
/// <param name="Number">Which word of the state it is.</param>
/// <param name="Name">The name in a schedule.</param>
/// <param name="Values">Names of its values, from 0; none where the number says it.</param>
internal sealed record Word(int Number, string Name, params string[] Values)
{
    public string Show(int value) => value < Values.Length ? Values[value] : $"{value}";
}

/// <summary>A word that only one thread of a model works with: a register.</summary>
internal sealed record Local(int Number, string Name)
{
    public Condition Is(int value) => machine => machine[this] == value;

    public Condition IsNot(int value) => machine => machine[this] != value;
}

/// <summary>A lock with its waiting threads: a monitor. The word is 0 while nobody holds it, else the number of the thread plus 1.</summary>
internal sealed record Gate(int Number, Word Holder);

/// <summary>Something that holds or not where the machine stands.</summary>
internal delegate bool Condition(Machine machine);

/// <summary>A value that an instruction uses: a constant, a register, or what is computed of registers.</summary>
internal readonly struct Operand(Func<Machine, int> value)
{
    public int In(Machine machine) => value(machine);

    public static implicit operator Operand(int value) => new(_ => value);

    public static implicit operator Operand(Local local) => new(machine => machine[local]);
}
