namespace Engine.Mbufs;

/// <summary>
/// A free routine threw when bytes had been moved that nobody can call back: this has the result of the operation, and what was thrown is
/// the inner exception. Chain and arena are as after a success.
/// </summary>
/// <remarks>
/// Only where the result cannot be asked for otherwise. Every other operation throws what the routine threw, when all is done.
/// </remarks>
public class MbufRoutineException : MbufException
{
    /// <summary>Creates the exception with a default message.</summary>
    public MbufRoutineException()
        : base("A free routine threw when bytes had been moved already. Result tells how many, the inner exception what was thrown.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    public MbufRoutineException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong and what would be right.</param>
    /// <param name="innerException">What the routine threw.</param>
    public MbufRoutineException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MbufRoutineException(MbufSocketResult result, Exception thrown)
        : base($"{result.Bytes} bytes were sent and trimmed off the chain; then a free routine threw ({thrown.GetType().Name}).", thrown)
        => Result = result;

    /// <summary>What the operation would have returned; default where the exception was not made by one. O(1).</summary>
    public MbufSocketResult Result { get; }
}
