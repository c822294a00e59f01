namespace Engine.Mbufs.Bench.Gate;

/// <summary>How a comparison ended: the exit codes of the verb <c>gate</c>. 1 and 2 are those of every verb.</summary>
internal enum GateOutcome
{
    /// <summary>No kernel takes more than 2 % more than was accepted.</summary>
    Same = 0,

    /// <summary>A kernel does.</summary>
    Grown = 3,

    /// <summary>Nothing was accepted yet for this runtime and instruction set.</summary>
    NoBaseline = 4,

    /// <summary>A kernel of the baseline was not counted, or the reverse.</summary>
    KernelMissing = 5,

    /// <summary>Code was counted that the JIT has not optimised.</summary>
    MinOpts = 6,

    /// <summary>There is nothing to count with.</summary>
    NoValgrind = 7,
}
